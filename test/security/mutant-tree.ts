import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';
import type { Control } from './control.ts';

/** How the tests of a control ended. `broken`: no test ran to its end, which shows nothing. */
export type Verdict = { kind: 'noticed'; by: string } | { kind: 'survived' } | { kind: 'broken'; output: string };

interface Counts {
  passes: number;
  failures: number;
  failed: string[];
}

/** A copy of the working tree, in which controls are removed one at a time. */
export class MutantTree {
  private readonly folder = mkdtempSync(join(tmpdir(), 'holdout-drill-'));

  constructor() {
    const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: projectRoot(),
      encoding: 'utf8',
    });
    for (const file of stdout.split('\0').filter((name) => name !== '' && !name.startsWith('infra/'))) {
      mkdirSync(join(this.folder, dirname(file)), { recursive: true });
      cpSync(join(projectRoot(), file), join(this.folder, file));
    }
    symlinkSync(join(projectRoot(), 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Runs tests with every control in place. */
  intact(tests: readonly string[], grep?: string): Promise<Verdict> {
    return this.run(tests, grep);
  }

  /** Runs the tests of a control without it. */
  async without({ file, from, to, tests, grep }: Control): Promise<Verdict> {
    const path = join(this.folder, file);
    const source = readFileSync(path, 'utf8');
    const [before, after, ...more] = source.split(from);
    if (before === undefined || after === undefined || more.length > 0) {
      return { kind: 'broken', output: `${file} has this text not once: ${from}` };
    }
    writeFileSync(path, `${before}${to}${after}`);
    try {
      return await this.run(tests, grep);
    } finally {
      writeFileSync(path, source);
    }
  }

  private async run(tests: readonly string[], grep: string | undefined): Promise<Verdict> {
    const file = join(this.folder, 'counts.json');
    rmSync(file, { force: true });
    const mocha = spawn(
      'node_modules/.bin/mocha',
      ['--bail', ...(grep === undefined ? [] : ['--grep', grep]), ...tests],
      {
        cwd: this.folder,
        env: { ...process.env, HOLDOUT_TEST_COUNTS: file },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
    );
    // Without its control, a program may hang and hold mocha's output open.
    mocha.on('exit', () => endGroup(mocha.pid));
    const printed: Buffer[] = [];
    for (const stream of [mocha.stdout, mocha.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk));
    await once(mocha, 'close');
    return verdictOf(readCounts(file), Buffer.concat(printed).toString('utf8'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of it was left.
  }
}

function readCounts(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}

/** The runner's own drill, which the rig of its tests runs first. */
const ownDrill = /This host does not confine submissions as it must: ([a-z-]+)/;

/** Another failed hook before the first test says nothing about the control. */
function verdictOf(counts: Counts | undefined, output: string): Verdict {
  if (counts === undefined || counts.passes + counts.failures === 0) return { kind: 'broken', output };
  if (counts.failures === 0) return { kind: 'survived' };
  const [failure = ''] = counts.failed;
  const control = ownDrill.exec(failure)?.[1];
  if (control !== undefined) return { kind: 'noticed', by: `the runner’s own drill: ${control}` };
  const [title = ''] = failure.split('\n');
  return title.includes('"before all" hook') ? { kind: 'broken', output } : { kind: 'noticed', by: title };
}
