/**
 * `node --import tsx bench/verify.ts [SUBMISSIONS]`: the rate of `holdout verify` on a campaign that the embedded stack evaluated
 * with simulated jobs, with a real S3 server on the same machine. The campaign stays in `.bench/verify-N`.
 */
import { loadavg } from 'node:os';
import { Readable } from 'node:stream';
import { startWorkflow } from '../src/client/operator/start-workflow.ts';
import { watchCampaign } from '../src/client/status/watch.ts';
import type { RecordSource } from '../src/ledger/verification/record-source.ts';
import { verifyCampaign } from '../src/ledger/verification/verify-campaign.ts';
import { resultObjects } from '../src/object-keys.ts';
import { scoreAgainst, truthOf } from '../src/scoring/score-predictions.ts';
import { handInSimulated, openSimulatedStack, type SimulatedStack } from '../test/support/campaigns/simulated-stack.ts';
import { teamsOfTheCase } from '../test/support/campaigns/simulated-campaign.ts';
import { usageOfParts } from './support/processes.ts';
import { benchFolder, keepResult, quantile } from './support/results.ts';

const submissions = Number(process.argv[2] ?? 600);
const rounds = 5;
const campaign = `verify-${submissions}`;
const slots = { g4: 200, p3: 20 };

interface Round {
  seconds: number;
  /** Processor milliseconds per submission: of this process, and of the S3 server. */
  own: number;
  s3: number;
}

/** The campaign's record, made by evaluating it unless that is done. */
async function makeRecord({ access, ...bench }: SimulatedStack): Promise<void> {
  const shape = { campaign, teams: teamsOfTheCase(submissions), slots, budgetUsd: 10 * submissions };
  const frozen = await handInSimulated({ access, ...bench }, shape);
  if (await access.store.exists(access.buckets.results, resultObjects.heads(campaign))) return;
  await startWorkflow(access, frozen);
  const watched = await watchCampaign(access, campaign, { say: () => undefined, result: () => undefined });
  if (watched.kind !== 'ended') throw new Error(`the campaign is blocked: ${watched.hold}`);
}

async function measure({ access, home }: SimulatedStack, source: RecordSource): Promise<Round & { objects: number }> {
  const [used, s3, began] = [process.cpuUsage(), usageOfParts(home).s3.cpuSeconds, performance.now()];
  const { faults, verified } = await verifyCampaign(source, { campaign, buckets: access.buckets, inputs: false });
  const { user, system } = process.cpuUsage(used);
  if (faults.length > 0 || verified?.counts.scores !== submissions)
    throw new Error(JSON.stringify({ faults, verified }));
  return {
    seconds: (performance.now() - began) / 1000,
    own: (user + system) / 1000 / submissions,
    s3: ((usageOfParts(home).s3.cpuSeconds - s3) * 1000) / submissions,
    objects: verified.counts.objects,
  };
}

/** Processor milliseconds for scoring predictions of so many rows. */
async function scoring(rows: number): Promise<number> {
  const format = { file: 'predictions.csv', id: 'id', value: 'label', maxBytes: 2 ** 20, missing: 'reject' } as const;
  const table = (value: (row: number) => number): Buffer =>
    Buffer.from(`id,label\n${Array.from({ length: rows }, (_, row) => `clip-${row},${value(row)}\n`).join('')}`);
  const truth = await truthOf(
    table((row) => row % 2),
    format,
    'log-loss',
  );
  const predictions = table((row) => ((row * 7919) % 1000) / 1000);
  const [times, used] = [200, process.cpuUsage()];
  for (let time = 0; time < times; time += 1)
    await scoreAgainst(truth, { predictions: Readable.from([predictions]), format, metric: 'log-loss' });
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1000 / times;
}

async function main(): Promise<void> {
  const bench = await openSimulatedStack(benchFolder(campaign), { slots, timeScale: 1_800 });
  try {
    await makeRecord(bench);
    const { store } = bench.access;
    const withSdk: RecordSource = {
      list: (bucket, prefix) => store.list(bucket, prefix),
      findOfMany: (bucket, key) => store.find(bucket, key),
      stream: (bucket, key) => store.stream(bucket, key),
    };
    const found: (Round & { objects: number })[] = [];
    const bySdk: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      found.push(await measure(bench, store));
      bySdk.push(await measure(bench, withSdk));
    }
    report(found, bySdk, await scoring(1_000));
  } finally {
    await bench.close();
  }
}

function report(found: (Round & { objects: number })[], bySdk: Round[], scoringMs: number): void {
  const median = (of: readonly Round[], name: keyof Round): number =>
    quantile(
      of.map((round) => round[name]),
      0.5,
    );
  const rate = submissions / median(found, 'seconds');
  const costOf = (of: readonly Round[]): string =>
    `${median(of, 'own').toFixed(1)} ms, and ${median(of, 's3').toFixed(1)} ms of the S3 server`;
  keepResult(
    'verify',
    [
      { what: 'submissions verified per second, one process', found: rate.toFixed(0), aim: '≥ 200', met: rate >= 200 },
      { what: 'processor time per submission', found: costOf(found) },
      { what: 'per second of one core, if S3 is elsewhere', found: (1000 / median(found, 'own')).toFixed(0) },
      {
        what: 'every object read by the SDK alone',
        found: `${(submissions / median(bySdk, 'seconds')).toFixed(0)} submissions/s, ${costOf(bySdk)}`,
      },
      { what: 'of it scoring, for predictions of 1,000 rows', found: `${scoringMs.toFixed(1)} ms` },
    ],
    { submissions, load: loadavg(), found, bySdk },
    [
      `Medians of ${rounds} alternating rounds over ${submissions} submissions with a probe and an evaluation each: ` +
        `${((found[0]?.objects ?? 0) / submissions).toFixed(1)} objects per submission, predictions of four rows, no logs. ` +
        `The S3 server runs on the same cores. Load of the machine: ${(loadavg()[0] ?? 0).toFixed(0)}.`,
    ],
  );
}

await main();
process.exit();
