import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildExample } from '../../examples/spliced-clips/build.ts';
import { exampleFolder } from '../../examples/spliced-clips/generate/programs.ts';

let built: Promise<string> | undefined;

/** The folder of the example, built once for all suites of the process and removed at its end. */
export const builtExample = (): Promise<string> => (built ??= buildInto());

async function buildInto(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-spliced-clips-'));
  await buildExample(folder, () => undefined);
  return folder;
}

/** The maximum duration (ms) of a build on a machine that is busy with other suites. */
export const buildTimeout = 240_000;

/** Builds the example before a suite's first test. */
export function needsExample(): void {
  before(async function () {
    this.timeout(buildTimeout);
    await builtExample();
  });
}

after(async () => {
  if (built) await rm(await built, { recursive: true, force: true });
});

export interface ProgramResult {
  exitCode: number;
  stderr: string;
  /** The content of predictions.csv. */
  predictions: string;
}

/** Runs a submission's program with this machine's Node, without a container. */
export async function runProgram(submission: string, input: string, device?: string): Promise<ProgramResult> {
  const output = await mkdtemp(join(tmpdir(), 'holdout-predictions-'));
  const env = { HOLDOUT_INPUT: input, HOLDOUT_OUTPUT: output, ...(device && { HOLDOUT_GPU_DEVICE: device }) };
  const program = join(exampleFolder, 'submissions', submission, 'main.mjs');
  const { exitCode, stderr } = await promisify(execFile)(process.execPath, [program], { env }).then(
    ({ stderr }) => ({ exitCode: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ exitCode: code, stderr }),
  );
  const predictions = await readFile(join(output, 'predictions.csv'), 'utf8').catch(() => '');
  await rm(output, { recursive: true });
  return { exitCode, stderr, predictions };
}

/** Calls `use` with a folder of limited size that stands for GPU memory. */
export async function withDevice<T>(mebibytes: number, use: (device: string) => Promise<T>): Promise<T> {
  const device = await mkdtemp(join(tmpdir(), 'holdout-device-'));
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=1777`, 'none', device]);
  try {
    return await use(device);
  } finally {
    await promisify(execFile)('umount', [device]);
    await rm(device, { recursive: true });
  }
}

/** Rows of a file with the columns filename and label, as numbers by name. */
export const byName = (csv: string): Map<string, number> =>
  new Map(
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','))
      .map(([name = '', value]) => [name, Number(value)]),
  );

/** The mean log loss, implemented independently of the product's scoring. */
export function logLoss(predictions: string, labels: string): number {
  const predicted = byName(predictions);
  const losses = Array.from(
    byName(labels),
    ([name, label]) => -Math.log(Math.abs(1 - label - (predicted.get(name) ?? 0))),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
