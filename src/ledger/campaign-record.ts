import type { FrozenCampaign, Submission } from '../campaign/model/frozen-campaign.ts';
import type { TeamRound } from '../campaign/model/rounds.ts';
import { resultObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { canariesOf, canaryDigests, type CanaryRecord } from './canary-records.ts';
import { campaignRounds } from './campaign-rounds.ts';
import { recordChanged } from './read-pinned.ts';
import { commandChainOf, type ChainedCommand } from './command-log.ts';
import { headOf, notAsPublished, readHeads, type Heads } from './heads.ts';
import { eachChain } from './ledger.ts';
import { unsealingsOf } from './chains/unsealings.ts';
import type { LedgerRecord } from './record.ts';

/** The record of a campaign in the results bucket, without the scores. */
export interface CampaignRecord {
  commands: ChainedCommand[];
  /** All rounds, and the rows of all submissions in the order of the submissions file. */
  rounds: TeamRound[];
  rows: Submission[];
  /** The ledger by submission, oldest record first. */
  chains: ReadonlyMap<string, LedgerRecord[]>;
  canaries: CanaryRecord[];
  heads: Pick<Heads, 'acts' | 'ledger' | 'canaries' | 'unsealings'>;
}

/**
 * Reads and checks the record: digests, chains, and that it continues what was published last. Throws RECORD_CHANGED or
 * OBJECT_MISSING, which name the object.
 */
export async function readCampaignRecord(results: Bucket, frozen: FrozenCampaign): Promise<CampaignRecord> {
  const { campaign } = frozen;
  // First, so that what is read after it continues it.
  const published = await readHeads(results, campaign);
  const { links: commands, digests: acts } = await commandChainOf(results, campaign);
  const { rounds, submissions: rows } = await campaignRounds(results, frozen, commands);
  const chains = new Map<string, LedgerRecord[]>();
  const digests = new Map<string, string[]>();
  await eachChain(results, campaign, (submission, records, ofRecords) => {
    chains.set(submission, records);
    digests.set(submission, ofRecords);
  });
  checkTeams(results, rows, chains);
  const canaries = await canariesOf(results, campaign);
  const { digests: unsealings } = await unsealingsOf(results, campaign);
  const heads = {
    acts: headOf(acts),
    unsealings: headOf(unsealings),
    canaries: canaryDigests(canaries),
    ledger: Object.fromEntries(Array.from(digests, ([name, ofRecords]) => [name, headOf(ofRecords)])),
  };
  if (published) {
    const [lost] = notAsPublished(campaign, published, { acts, unsealings, ledger: digests });
    if (lost) throw recordChanged(results.bucket, lost.key, lost.what);
    checkCanaries(results, published, heads.canaries);
  }
  return { commands, rounds, rows, chains, canaries, heads };
}

function checkTeams(
  { bucket }: Bucket,
  rows: readonly Submission[],
  chains: ReadonlyMap<string, readonly LedgerRecord[]>,
): void {
  const teams = new Map(rows.map(({ submission, team }) => [submission, team]));
  for (const record of [...chains.values()].flat()) {
    const { campaign, submission, sequence, team } = record;
    // A row that was added a moment ago may be missing.
    if ([undefined, team].includes(teams.get(submission))) continue;
    const key = resultObjects.ledger(campaign, submission, sequence);
    throw recordChanged(bucket, key, '`team` is not the one of the submission');
  }
}

function checkCanaries({ bucket }: Bucket, published: Heads, now: Record<string, string>): void {
  for (const [key, digest] of Object.entries(published.canaries ?? {})) {
    if (now[key] !== digest) throw recordChanged(bucket, key, 'it is not the record that heads.json names');
  }
}
