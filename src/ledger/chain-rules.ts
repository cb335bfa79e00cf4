import { resultObjects } from '../object-keys.ts';
import type { LedgerRecord } from './record.ts';

/** Where a record stands; `predecessor`: sha256 (hex) of the record before it. */
export interface Place {
  sequence: number;
  predecessor: string | null;
}

/** Why a link does not fit its place in its chain; undefined if it does. */
function misplaced({ sequence, predecessor }: Place, place: Place): string | undefined {
  if (sequence !== place.sequence) return `\`sequence\` is ${sequence}, and its key says ${place.sequence}`;
  if (predecessor === place.predecessor) return undefined;
  return place.predecessor === null
    ? '`predecessor` is not null, and there is no record before it'
    : `\`predecessor\` is not the sha256 of ${place.sequence - 1}.json`;
}

/** Why an operator command does not belong where it is, or is none; undefined if it does. */
export function misplacedCommand(command: Place & { message: unknown }, place: Place): string | undefined {
  const { message } = command;
  const isCommand = message === null || (isObject(message) && isObject(message['message']));
  return isCommand ? misplaced(command, place) : '`message` is not that of a command';
}

/** Why an unsealing does not belong where it is, or is none; undefined if it does. */
export function misplacedUnsealing(
  unsealing: Place & { submission: unknown; n: unknown; at: string; reason: unknown },
  place: Place,
): string | undefined {
  const { submission, n, at, reason } = unsealing;
  const isText = typeof submission === 'string' && typeof reason === 'string';
  const isUnsealing = isText && Number.isInteger(n) && !Number.isNaN(Date.parse(at));
  return isUnsealing ? misplaced(unsealing, place) : 'it is no unsealing';
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Why a ledger record does not belong where it is; undefined if it does. `frozen`: sha256 (hex) of campaign.json, if known. */
export function misplacedRecord(
  record: LedgerRecord,
  place: Place & Pick<LedgerRecord, 'campaign' | 'submission'> & { frozen?: string },
): string | undefined {
  for (const name of ['campaign', 'submission'] as const) {
    if (record[name] !== place[name]) return `\`${name}\` is not ${place[name]}, as its key says`;
  }
  if (!Array.isArray(record.runs)) return '`runs` is not a list';
  if (record.score === undefined || record.state === undefined) return '`score` or `state` is missing';
  const frozen = record.evidence?.campaign;
  if (frozen !== undefined && place.frozen !== undefined && frozen !== place.frozen)
    return '`evidence.campaign` is not the sha256 of campaign.json';
  return misplaced(record, place);
}

/**
 * The number of the run that a record's score belongs to. Undefined if the key of the score is not that of a successful
 * evaluation of this submission: the round's own, or of an earlier round for a rescore.
 */
export function scoredRun(records: readonly LedgerRecord[], record: LedgerRecord): number | undefined {
  const { campaign, submission, sequence, score } = record;
  return successfulRuns(records, sequence).find(
    (n) => resultObjects.score(campaign, submission, n, sequence) === score?.key,
  );
}

/** The numbers of a submission's successful evaluations in its rounds up to `sequence`: those that this round may score. */
export const successfulRuns = (records: readonly LedgerRecord[], sequence: number): number[] =>
  records
    .filter((one) => one.sequence <= sequence)
    .flatMap(({ runs }) => runs)
    .filter(({ purpose, reason }) => purpose === 'evaluation' && reason === null)
    .map(({ n }) => n);
