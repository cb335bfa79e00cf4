import type { Submission } from '../../campaign/model/frozen-campaign.ts';
import type { FaultSummary } from '../../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import { responsibleParty } from '../../campaign/model/reasons.ts';
import { whyOfEnd, whyOfRun, type Why } from '../../campaign/explanation/why-failed.ts';
import type { Names } from '../../campaign/pseudonyms/names.ts';
import { holdoutError } from '../../errors.ts';
import { suggestion } from '../../intake/campaign-file/suggestion.ts';
import { readScore } from '../../ledger/checked-score.ts';
import { chainOf } from '../../ledger/ledger.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import type { SubmissionSummary } from '../../ledger/results.ts';
import { runsSoFar, type RunSoFar } from '../../ledger/runs-so-far.ts';
import type { ScoreFile } from '../../ledger/score-file.ts';
import { unsealingsOf, type ChainedUnsealing } from '../../ledger/chains/unsealings.ts';
import type { Access } from '../access.ts';
import { frozenCampaign } from '../operator/campaign-from-s3.ts';
import { stageNow, type StageNow } from './current-stage.ts';
import { effectiveRecord } from '../../ledger/chains/effective-record.ts';

/** Everything known about one submission: the object of `show --json`. Contains no text written by the submission. */
export interface SubmissionOverview extends Omit<SubmissionSummary, 'faults' | 'withheld' | 'runs' | 'underWay'> {
  version: 1;
  campaign: string;
  /** The name by which operators saw it before the results were published; absent if names were shown. */
  pseudonym?: string;
  underWay: StageNow | null;
  /** Ended rounds, oldest first. */
  rounds: RoundOverview[];
  /** Who opened its logs and outputs, and why. */
  unsealings: ChainedUnsealing[];
  /** Runs of the current round, whose cost is not known yet. */
  runsSoFar: (RunSoFar & { why: Why | null })[];
}

export interface RoundOverview extends Pick<LedgerRecord, 'sequence' | 'state' | 'reason' | 'detail' | 'image'> {
  faults: FaultSummary | null;
  /** Entries of the image's configuration that its container did not get. */
  withheld: string[];
  runs: (RunRecord & { why: Why | null })[];
}

/** Reads a submission's state from S3 and Temporal. Throws CAMPAIGN_UNKNOWN, SUBMISSION_UNKNOWN. */
export async function submissionOverview(
  access: Access,
  campaign: string,
  given: string,
  names: Names,
): Promise<SubmissionOverview> {
  const { store, buckets } = access;
  await frozenCampaign(access, campaign);
  const row = await rowOf(access, campaign, given, names);
  const { submission } = row;
  const pseudonym = names.pseudonymOf(submission);
  const records = (await chainOf(access.results, campaign, submission)).map(({ record }) => record);
  const standing = effectiveRecord(records);
  const scores = await Promise.all(records.map((record) => readScore(access.results, records, record)));
  const { team, teamName, submittedAt } = row;
  const underWay = await stageNow(access, { campaign, submission, team }, names);
  const first = 1 + records.flatMap(({ runs }) => runs).reduce((highest, { n }) => Math.max(highest, n), 0);
  const newRuns = await runsSoFar({ store, bucket: buckets.runs }, { campaign, submission, first });
  const unsealings = await unsealingsOf(access.results, campaign);
  const result = standing && scores[records.indexOf(standing)]?.result;
  return {
    version: 1,
    campaign,
    submission,
    team,
    teamName,
    submittedAt,
    ...(pseudonym !== undefined && { pseudonym }),
    state: standing?.state ?? underWay?.stage ?? 'queued',
    ...endOf(standing),
    score: result?.kind === 'scored' ? result.score : null,
    underWay,
    rounds: records.map((record, index) => roundOf(record, scores[index]?.result)),
    unsealings: unsealings.links.filter((one) => one.submission === submission),
    runsSoFar: newRuns.map((run) => ({ ...run, why: whyOfRun(run) ?? null })),
  };
}

/** Why the submission ended, by the record that counts. */
const endOf = (standing: LedgerRecord | undefined): Pick<SubmissionOverview, 'reason' | 'fault' | 'detail' | 'why'> => {
  const { reason = null, detail = null, runs = [] } = standing ?? {};
  return { reason, fault: reason && responsibleParty(reason), detail, why: whyOfEnd(reason, runs) ?? null };
};

/** The row of a submission that is named by its id or its pseudonym. Throws SUBMISSION_UNKNOWN. */
export async function rowOf({ frozen }: Access, campaign: string, given: string, names: Names): Promise<Submission> {
  const submission = names.realSubmission(given);
  const { teams } = await frozen.manifest(campaign);
  const rows = teams.flatMap(({ submissions }) => submissions);
  const found = rows.find((row) => row.submission === submission);
  if (found) return found;
  const meant = suggestion(
    given,
    rows.map((row) => names.submission(row.submission)),
  );
  throw holdoutError('SUBMISSION_UNKNOWN', { campaign, submission: given, meant });
}

function roundOf(record: LedgerRecord, scored: ScoreFile['result'] | undefined): RoundOverview {
  const { sequence, state, reason, detail, image, faults, withheld, runs } = record;
  const fromScore = scored?.kind === 'invalid' ? scored.summary : undefined;
  return {
    sequence,
    state,
    reason,
    detail,
    image,
    faults: faults ?? fromScore ?? null,
    withheld: withheld ?? [],
    runs: runs.map((run) => ({ ...run, why: whyOfRun(run) ?? null })),
  };
}
