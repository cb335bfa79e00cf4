import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { runKeyOf } from '../ids.ts';
import { runObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { sha256 } from '../sha256.ts';
import type { Evidence, RunEvidence } from './record.ts';

/** What the record of a round rests on, as it is in S3 now. `frozen`: sha256 (hex) of campaign.json. */
export async function evidenceOf(
  runs: Bucket,
  round: { campaign: string; submission: string; runs: readonly { n: number }[]; frozen: string },
): Promise<Evidence> {
  const found: Evidence = { campaign: round.frozen, runs: {} };
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
  const predictions = outcome && collectedDigest(outcome);
  return {
    ...(spec && { spec: sha256(spec) }),
    ...(claim && { claim: sha256(claim) }),
    ...(outcome && { outcome: sha256(outcome) }),
    ...(trouble && { trouble: sha256(trouble) }),
    ...(predictions !== undefined && { predictions }),
  };
}

/** The sha256 (hex) of the predictions that an outcome names. */
function collectedDigest(outcome: Buffer): string | undefined {
  const { predictions } = JSON.parse(outcome.toString('utf8')) as Partial<RunOutcome>;
  // A canary has none.
  return predictions?.kind === 'collected' ? predictions.sha256 : undefined;
}
