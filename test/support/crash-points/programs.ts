import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { projectRoot } from '../../../src/local/project-root.ts';
import type { CrashControl } from './control.ts';

const bundle = (name: string): string => pathToFileURL(join(projectRoot(), 'dist', `${name}.mjs`)).href;

/** Bundles the preload into the control's folder, for programs of any version of Node. Returns its address. */
export async function bundlePreload({ folder }: CrashControl): Promise<string> {
  const outfile = join(folder, 'preload.mjs');
  const entry = join(projectRoot(), 'test/support/crash-points/preload.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
  return pathToFileURL(outfile).href;
}

/** The value of CRASH_POINTS for a program. A worker has activities, a runner has none. */
export const settingsOf = ({ folder, pairs, chosen }: CrashControl, program: 'worker' | 'runner'): string =>
  JSON.stringify({ folder, pairs, chosen, program, ...(program === 'worker' && { temporal: bundle(program) }) });

/**
 * A worker that starts again at once after a crash: the pause of the stack's own restarts grows to half a minute. Its child dies
 * with it.
 */
const restarting = (child: string): string => `
import { fork } from 'node:child_process';
let running;
const start = () => {
  running = fork(${JSON.stringify(child)}, process.argv.slice(2), { execArgv: process.execArgv });
  running.on('exit', (code, signal) => (signal === 'SIGKILL' ? start() : process.exit(code ?? 1)));
};
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => running.kill(signal));
start();
`;

/** A folder with the programs of a stack whose workers have crash points. */
export async function programsWithCrashPoints(control: CrashControl): Promise<string> {
  const preload = await bundlePreload(control);
  const folder = join(control.folder, 'programs');
  mkdirSync(folder, { recursive: true });
  for (const name of ['runner', 'batch-endpoint', 'codec-server'])
    writeFileSync(join(folder, `${name}.mjs`), `await import(${JSON.stringify(bundle(name))});\n`);
  const child = join(folder, 'worker-child.mjs');
  writeFileSync(
    child,
    [
      "process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));",
      `process.env.CRASH_POINTS = ${JSON.stringify(settingsOf(control, 'worker'))};`,
      `await import(${JSON.stringify(preload)});`,
      `await import(${JSON.stringify(bundle('worker'))});`,
      '',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'worker.mjs'), restarting(child));
  return folder;
}
