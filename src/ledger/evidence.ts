import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { runKeyOf } from '../ids.ts';
import { runObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { sha256 } from '../sha256.ts';
import type { Evidence, RunEvidence } from './record.ts';

/** A round that is about to be recorded. */
interface EndedRound {
  campaign: string;
  submission: string;
  runs: readonly { n: number }[];
  /** sha256 (hex) of campaign.json. */
  frozen: string;
  /** Keys of what was found about its image; undefined if its base is not known. */
  findings: string[] | undefined;
}

/** What the record of a round rests on, as it is in S3 now. */
export async function evidenceOf(runs: Bucket, round: EndedRound): Promise<Evidence> {
  const { findings } = round;
  const found: Evidence = { campaign: round.frozen, runs: {}, ...(findings && { findings }) };
  for (const { n } of round.runs) {
    found.runs[n] = await evidenceOfRun(runs, runKeyOf(round.campaign, round.submission, n));
  }
  return found;
}

/** The objects of one run, as they are in S3 now. */
export async function evidenceOfRun({ store, bucket }: Bucket, runKey: string): Promise<RunEvidence> {
  const find = (object: 'spec' | 'claim' | 'outcome' | 'trouble'): Promise<Buffer | undefined> =>
    store.find(bucket, runObjects[object](runKey));
  const [spec, claim, outcome] = await Promise.all([find('spec'), find('claim'), find('outcome')]);
  // The runner writes one or the other.
  const trouble = outcome === undefined ? await find('trouble') : undefined;
  const left = outcome === undefined ? await leftBy({ store, bucket }, runKey) : {};
  const predictions = outcome && collectedDigest(outcome);
  return {
    ...(spec && { spec: sha256(spec) }),
    ...(claim && { claim: sha256(claim) }),
    ...(outcome && { outcome: sha256(outcome) }),
    ...(trouble && { trouble: sha256(trouble) }),
    ...(predictions !== undefined && { predictions }),
    ...(Object.keys(left).length > 0 && { left }),
  };
}

/** Bytes. What is larger is not hashed: an activity has 30 s, and nothing reads the predictions of a run without an outcome. */
const mostHashed = 64 * 1024 * 1024;

/** What a run without an outcome left all the same. */
async function leftBy({ store, bucket }: Bucket, runKey: string): Promise<NonNullable<RunEvidence['left']>> {
  const left: NonNullable<RunEvidence['left']> = {};
  for (const object of ['log', 'predictions'] as const) {
    const key = runObjects[object](runKey);
    const size = await store.size(bucket, key);
    if (size !== undefined && size <= mostHashed) left[object] = (await store.digest(bucket, key)).sha256;
  }
  return left;
}

/** The sha256 (hex) of the predictions that an outcome names. */
function collectedDigest(outcome: Buffer): string | undefined {
  const { predictions } = JSON.parse(outcome.toString('utf8')) as Partial<RunOutcome>;
  // A canary has none.
  return predictions?.kind === 'collected' ? predictions.sha256 : undefined;
}
