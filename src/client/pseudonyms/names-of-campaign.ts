import { Names, realNames } from '../../campaign/pseudonyms/names.ts';
import { HoldoutError } from '../../errors.ts';
import { FrozenReader } from '../../ledger/frozen-reader.ts';
import { resultObjects } from '../../object-keys.ts';
import type { Access } from '../access.ts';
import { frozenCampaign } from '../operator/campaign-from-s3.ts';

/** What names are read with. */
type S3Access = Pick<Access, 'store' | 'buckets' | 'results' | 'frozen'>;

/**
 * How a campaign's names are shown now: by pseudonyms until its results are published for the first time, if the campaign is
 * blind; of its pilots always. Reads the rows anew, because operators add some. Throws CAMPAIGN_UNKNOWN, RECORD_CHANGED.
 */
export async function namesOf(access: S3Access, campaign: string): Promise<Names> {
  const { teamNames, instanceClasses, recordKey } = await frozenCampaign(access, campaign);
  if (teamNames !== 'pseudonyms') return realNames;
  const { teams } = await new FrozenReader(access.results).manifest(campaign);
  const rows = teams.flatMap(({ submissions }) => submissions);
  const ownWords = instanceClasses.flatMap(({ name, queue, type }) => [name, queue, type ?? name]);
  // Only pilots have no record key: their results are not what the campaign publishes.
  const isHidden = recordKey === undefined || !(await isPublished(access, campaign));
  return new Names(campaign, rows, isHidden, ownWords);
}

/** The names of a campaign that is followed; `submissions`: how many it has now. */
export type NamesNow = (submissions?: number) => Promise<Names>;

/** Reads names once, and again when the campaign has another number of submissions. */
export function namesWhile(access: S3Access, campaign: string): NamesNow {
  let known: { names: Promise<Names>; of: number | undefined } | undefined;
  return (submissions = known?.of) => {
    if (known === undefined || (known.of !== undefined && known.of !== submissions)) {
      known = { names: namesOf(access, campaign), of: submissions };
      // The next look reads them again.
      known.names.catch(() => (known = undefined));
    }
    known.of = submissions;
    return known.names;
  };
}

/** The campaign has ended once, and its leaderboard has real names. */
const isPublished = async ({ store, buckets }: S3Access, campaign: string): Promise<boolean> =>
  (await store.size(buckets.results, resultObjects.results(campaign))) !== undefined;

/** An error as operators may read it: its texts may name objects in S3, whose keys have the names of submissions. */
export async function shownError(access: S3Access, campaign: string, error: unknown): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  const names = await namesOf(access, campaign).catch(() => realNames);
  const message = names.text(error.message);
  if (error instanceof HoldoutError) {
    return new HoldoutError(error.code, error.source, message, names.text(error.next), { cause: error.cause });
  }
  error.message = message;
  return error;
}
