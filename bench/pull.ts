/**
 * `node --import tsx bench/pull.ts [GIB [PACKING,…]]`: a worker copies a 2 GiB archive from S3 into a registry that plays ECR,
 * then the same archive for four submissions at once, as many as a worker copies at a time.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { largeArchive, type Packing } from './support/large-archive.ts';
import { PullRig, type PullCost } from './support/pull-rig.ts';
import { benchFolder, keepResult, type BenchResult } from './support/results.ts';

const gibibytes = Number(process.argv[2] ?? 2);
const packings: readonly Packing[] = (process.argv[3]?.split(',') ?? ['plain', 'gzip', 'zstd']) as Packing[];
const folder = benchFolder('pull');
const most = 300e6;

Runtime.install({ logger: new DefaultLogger('ERROR') });
mkdirSync(folder, { recursive: true });
const rows: BenchResult['rows'] = [];
const details: Record<string, PullCost> = {};

function keep(what: string, megabytes: number, cost: PullCost): void {
  details[what] = cost;
  const peakMiB = Math.max(cost.peakMiB, cost.timeMiB);
  rows.push(
    {
      what: `${what}: peak memory of the worker and of its programs, by /usr/bin/time`,
      found: `${peakMiB.toFixed(0)} MiB; the worker itself ${cost.peakMiB.toFixed(0)} MiB`,
      aim: '< 300 MB',
      met: peakMiB * 2 ** 20 < most,
    },
    {
      what: `${what}: peak of HOLDOUT_SCRATCH on disk`,
      found: `${cost.diskMB} MB, ${(cost.diskMB / megabytes).toFixed(2)} × the archive`,
    },
    { what: `${what}: time`, found: `${cost.seconds.toFixed(0)} s` },
  );
}

const rig = await PullRig.start(folder);
try {
  for (const packing of packings) {
    const archive = await largeArchive(folder, packing, gibibytes * 2 ** 30);
    const megabytes = statSync(archive).size / 1e6;
    keep(`${packing} layers, archive of ${megabytes.toFixed(0)} MB`, megabytes, await rig.cost(archive, [packing]));
    if (packing === packings[0]) {
      const four = [1, 2, 3, 4].map((n) => `${packing}-${n}`);
      keep(`${packing} layers, four at once`, megabytes, await rig.cost(archive, four));
    }
    rmSync(archive);
  }
} finally {
  await rig.stop();
}
keepResult('pull', rows, details, [
  'The worker runs on the machine of the registry, of S3 and of Temporal; the time is for comparison only. The disk is counted by ' +
    'du every 100 ms, hard links once.',
]);
rmSync(folder, { recursive: true });
process.exit(0);
