/**
 * `node --import tsx bench/verify.ts [SUBMISSIONS]`: the rate of `holdout verify` on the record of a whole campaign in a real S3
 * server on the same machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { RecordSource } from '../src/ledger/verification/record-source.ts';
import { verifyCampaign } from '../src/ledger/verification/verify-campaign.ts';
import { ObjectStore } from '../src/s3/object-store.ts';
import type { SealKeys } from '../src/sealing/seal-keys.ts';
import { scoreAgainst, truthOf } from '../src/scoring/score-predictions.ts';
import { teamsOfTheCase } from '../test/support/campaigns/simulated-campaign.ts';
import { startS3Server, type S3Server } from '../test/support/servers/s3-server.ts';
import { usageOf } from './support/processes.ts';
import { recordCampaign } from './support/recorded-campaign.ts';
import { keepResult, quantile } from './support/results.ts';

const submissions = Number(process.argv[2] ?? 600);
const roundsEach = 5;
const campaign = `verify-${submissions}`;

interface Round {
  seconds: number;
  /** Processor milliseconds per submission: of this process, and of the S3 server. */
  own: number;
  s3: number;
}

type Found = Round & { objects: number };

async function measure(s3: S3Server, source: RecordSource, sealKeys: SealKeys): Promise<Found> {
  const usedByS3 = (): number => usageOf(s3.pid())?.cpuSeconds ?? Number.NaN;
  const [used, s3Before, began] = [process.cpuUsage(), usedByS3(), performance.now()];
  const { faults, verified } = await verifyCampaign(source, {
    campaign,
    buckets: s3.buckets,
    inputs: false,
    outputs: true,
    sealKeys,
  });
  const { user, system } = process.cpuUsage(used);
  if (faults.length > 0 || verified?.counts.scores !== submissions)
    throw new Error(JSON.stringify({ faults, counts: verified?.counts }));
  return {
    seconds: (performance.now() - began) / 1000,
    own: (user + system) / 1000 / submissions,
    s3: ((usedByS3() - s3Before) * 1000) / submissions,
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

/** Rounds on the record of a new campaign; with `sdk`, each is followed by one in which the SDK reads every object. */
async function rounds(keepsConnections: boolean, sdk: boolean): Promise<{ found: Found[]; bySdk: Found[] }> {
  const s3 = await startS3Server({ keepsConnections });
  const folder = mkdtempSync(join(tmpdir(), 'holdout-verify-'));
  try {
    Object.assign(process.env, s3.environment);
    const store = new ObjectStore({ s3PathStyle: true });
    const shape = { campaign, teams: teamsOfTheCase(submissions), slots: { g4: 1, p3: 1 }, budgetUsd: 100_000 };
    const sealKeys = await recordCampaign({ store, buckets: s3.buckets }, folder, shape);
    const withSdk: RecordSource = {
      list: (bucket, prefix) => store.list(bucket, prefix),
      listSizes: (bucket, prefix) => store.listSizes(bucket, prefix),
      find: async (bucket, key) => Buffer.concat((await (await store.stream(bucket, key)).toArray()) as Buffer[]),
      stream: (bucket, key) => store.stream(bucket, key),
    };
    const [found, bySdk]: [Found[], Found[]] = [[], []];
    for (let round = 0; round < roundsEach; round += 1) {
      found.push(await measure(s3, store, sealKeys));
      if (sdk) bySdk.push(await measure(s3, withSdk, sealKeys));
    }
    return { found, bySdk };
  } finally {
    await s3.stop();
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const { found, bySdk } = await rounds(true, true);
  const { found: closing } = await rounds(false, false);
  report({ found, bySdk, closing }, await scoring(1_000));
}

function report({ found, bySdk, closing }: Record<'found' | 'bySdk' | 'closing', Found[]>, scoringMs: number): void {
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
      {
        what: 'on a server that closes each connection, as the embedded one does',
        found: `${(submissions / median(closing, 'seconds')).toFixed(0)} submissions/s, ${costOf(closing)}`,
      },
      { what: 'of it scoring, for predictions of 1,000 rows', found: `${scoringMs.toFixed(1)} ms` },
    ],
    { submissions, load: loadavg(), found, bySdk, closing },
    [
      `Medians of ${roundsEach} alternating rounds (the first row: ${range(found)} submissions/s) over ${submissions} submissions with a probe and an evaluation each: ` +
        `${((found[0]?.objects ?? 0) / submissions).toFixed(1)} objects per submission, sealed predictions of four rows, no logs. ` +
        `The S3 server runs on the same cores and keeps connections open, as AWS does. Load of the machine: ${(loadavg()[0] ?? 0).toFixed(0)}.`,
    ],
  );
}

/** The slowest and the fastest round. */
function range(found: readonly Round[]): string {
  const rates = found.map(({ seconds }) => submissions / seconds);
  return `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}`;
}

await main();
process.exit();
