import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { shorterItems } from '../campaign/model/item-times.ts';
import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { HeadAndTail } from './measure/head-and-tail.ts';
import { releaseHost } from './sandbox/release.ts';
import { runInSandbox, type SandboxReport, type SandboxRequest } from './sandbox/sandbox.ts';

/**
 * Runs a probe's submission again on some of its items, if the first run could not separate start-up time from time per item.
 * Reuses the first run's folders, whose output must have been collected. Returns null if it learns nothing, which does not
 * fail the probe.
 */
export async function timeShorterRun(
  request: SandboxRequest,
  { run, output }: SandboxReport,
): Promise<RunOutcome['shorterRun']> {
  const { spec, stop } = request;
  if (spec.purpose !== 'probe' || run.times === null || run.end.kind !== 'exited' || run.end.exitCode !== 0)
    return null;
  const { seconds } = run.times;
  const items = shorterItems({ seconds, output }, spec.inputs.items);
  if (items === undefined || stop.aborted) return null;
  try {
    const shorter = await runPart(items, Math.ceil(2 * seconds), request);
    const { end, times } = shorter.run;
    return times !== null && end.kind === 'exited' && end.exitCode === 0 ? { items, seconds: times.seconds } : null;
  } catch {
    return null;
  }
}

async function runPart(items: number, wallClockSeconds: number, request: SandboxRequest): Promise<SandboxReport> {
  const { spec, engine, place } = request;
  await releaseHost(engine, place);
  const { inputs: ownInputs, output, outputImage, layer, layerImage, root, temporary, terminals, device } = place;
  for (const leftover of [ownInputs, output, outputImage, layer, layerImage, root, temporary, terminals, device])
    await rm(leftover, { recursive: true, force: true });
  const inputs = join(place.folder, 'part');
  await mkdir(inputs, { mode: 0o755 });
  const entries = await readdir(request.inputs, { recursive: true, withFileTypes: true });
  const pathsOf = (chosen: typeof entries): string[] =>
    chosen.map(({ parentPath, name }) => relative(request.inputs, join(parentPath, name))).sort();
  for (const folder of pathsOf(entries.filter((entry) => entry.isDirectory()))) {
    await mkdir(join(inputs, folder));
    await chmod(join(inputs, folder), 0o755);
  }
  for (const file of pathsOf(entries.filter((entry) => entry.isFile())).slice(0, items)) {
    await copyFile(join(request.inputs, file), join(inputs, file));
  }
  const limits = { ...spec.limits, wallClockSeconds };
  return runInSandbox({ ...request, spec: { ...spec, limits }, inputs, log: new HeadAndTail() });
}
