import { differences } from '../campaign/operators/json-differences.ts';
import { defaultOnDemandAfter } from './campaign-file/campaign-schema.ts';
import {
  unpackedBytesOf,
  type FrozenCampaign,
  type InputIndex,
  type InputSet,
  type Submission,
} from '../campaign/model/frozen-campaign.ts';
import { assignPseudonyms, type CodeOf } from '../campaign/pseudonyms/assign-pseudonyms.ts';
import { effectiveSettings, withoutAppliedChanges } from '../campaign/operators/effective-settings.ts';
import { holdoutError } from '../errors.ts';
import { commandsOf, acceptedCommands } from '../ledger/command-log.ts';
import { campaignRounds } from '../ledger/campaign-rounds.ts';
import { archivesInWords, inputsInWords, inWords, labelsInWords } from './handed-in-differences.ts';
import { changingCommands } from './changing-commands.ts';
import { withDigests, type LocatedRow } from './upload-images.ts';
import type { IntakeDependencies } from './dependencies.ts';

/** A frozen campaign, and the rows that its file adds. */
export interface FreezeResult {
  frozen: FrozenCampaign;
  /** Rows that a started campaign does not have yet; their images are not uploaded. */
  appended: LocatedRow[];
}

const maxDifferences = 20;

/**
 * Compares a campaign file with the campaign that was started from it: its frozen settings, with or without the operators'
 * changes, and its rows, including those added since. Throws CAMPAIGN_CHANGED if anything but new rows differs.
 */
export async function compareWithStarted(
  dependencies: IntakeDependencies,
  known: FrozenCampaign,
  fresh: FrozenCampaign,
  rows: readonly LocatedRow[],
): Promise<FreezeResult> {
  const { store, buckets, pseudonymCodes } = dependencies;
  const { campaign } = known;
  const results = { store, bucket: buckets.results };
  const acts = await commandsOf(results, campaign);
  const { submissions: before } = await campaignRounds(results, known, acts);
  const left = effectiveSettings(known, acceptedCommands(acts));
  const names = new Set(before.map(({ submission }) => submission));
  const appended = rows.filter(({ row }) => !names.has(row.submission));
  const present = rows.flatMap(({ row }) => (names.has(row.submission) ? [row] : []));
  const kept = new Set(present.map(({ submission }) => submission));
  const stillWanted = before.filter(({ submission }) => kept.has(submission) || !left.cancelled.has(submission));
  const [rowsBefore, rowsNow] = [bySubmission(stillWanted), bySubmission(asFrozen(present, before))];
  const differing = [
    ...differences(withEveryLimit(known), comparable(known, withoutAppliedChanges(known, fresh, left))),
    ...differences(rowsBefore, rowsNow, 'submissions'),
  ];
  if (differing.length === 0) {
    const codes = known.teamNames === 'pseudonyms' ? pseudonymCodes : undefined;
    return { frozen: known, appended: addedAs(await withDigests(appended), before, codes) };
  }
  const dropped = stillWanted.flatMap(({ submission }) => (kept.has(submission) ? [] : submission));
  const explained = [
    ...labelsInWords(known.labels, fresh.labels),
    ...(await inputsExplained(dependencies, known, fresh)),
    ...archivesInWords(rowsBefore, rowsNow),
  ];
  throw holdoutError('CAMPAIGN_CHANGED', {
    campaign,
    differences: inWords(differing, explained).slice(0, maxDifferences),
    commands: changingCommands(known, withoutAppliedChanges(known, fresh, left), dropped).slice(0, maxDifferences),
  });
}

/** The fresh campaign with what the first start alone decided. */
const comparable = (known: FrozenCampaign, fresh: FrozenCampaign): object => ({
  ...fresh,
  // One given as a duration counts from the first start; its text is compared.
  deadline: known.deadline,
  manifest: known.manifest,
  ...(known.recordKey !== undefined && { recordKey: known.recordKey }),
  // Names of a campaign that was started before there were pseudonyms stay shown.
  ...(known.teamNames === undefined && { teamNames: undefined }),
  ...(known.seal !== undefined && { seal: known.seal }),
});

/** Reads the indexes of the sets of inputs that differ. */
async function inputsExplained(
  { store, buckets }: IntakeDependencies,
  known: FrozenCampaign,
  fresh: FrozenCampaign,
): Promise<ReturnType<typeof inputsInWords>> {
  const indexOf = ({ indexKey }: InputSet): Promise<InputIndex> => store.readJson(buckets.inputs, indexKey);
  const explained = [];
  for (const field of ['testSet', 'sampleSet'] as const) {
    const [was, now] = [known[field], fresh[field]];
    if (was === undefined || now === undefined || was.digest === now.digest) continue;
    explained.push(...inputsInWords(field, was, [await indexOf(was), await indexOf(now)]));
  }
  return explained;
}

/** Adds the limits that older campaigns lack. */
const withEveryLimit = (known: FrozenCampaign): FrozenCampaign => ({
  ...known,
  limits: { ...known.limits, unpackedBytes: unpackedBytesOf(known.limits) },
  instanceClasses: known.instanceClasses.map((row) =>
    row.purchase === 'spot' ? { onDemandAfter: defaultOnDemandAfter, ...row } : row,
  ),
});

/** The rows with pseudonyms that follow those of the campaign; without `codes` they have none. */
function addedAs(
  located: readonly LocatedRow[],
  before: readonly Submission[],
  codes: CodeOf | undefined,
): LocatedRow[] {
  const rows = located.map(({ row: { pseudonym: _ofFile, ...row } }) => row);
  const named: readonly Submission[] = codes === undefined ? rows : assignPseudonyms(rows, before, codes);
  return located.map(({ row, location }, index) => ({ row: named[index] ?? row, location }));
}

/** Keeps pseudonyms, and the frozen digest of rows with an unchanged reference, even if its tag has moved since. */
function asFrozen(rows: readonly Submission[], before: readonly Submission[]): Submission[] {
  const known = new Map(before.map((row) => [row.submission, row]));
  return rows.map((row) => {
    const { image, pseudonym } = known.get(row.submission) ?? row;
    const isSame =
      image.kind === 'registry' && row.image.kind === 'registry' && image.reference === row.image.reference;
    const { pseudonym: _ofFile, ...rest } = row;
    return { ...rest, ...(isSame && { image }), ...(pseudonym && { pseudonym }) };
  });
}

const bySubmission = (rows: readonly Submission[]): Record<string, Submission> =>
  Object.fromEntries(rows.map((row) => [row.submission, row]));
