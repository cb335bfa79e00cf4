import type { Reason } from '../campaign/model/reasons.ts';
import type { TeamRound } from '../campaign/model/rounds.ts';
import { inParallel } from '../in-parallel.ts';
import { cancelRounds } from '../ledger/cancelled-records.ts';
import { finalRounds, readsAtOnce } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Dependencies } from './dependencies.ts';
import { resultObjects } from '../object-keys.ts';

export interface QueuedChoice {
  campaign: string;
  workLists: readonly string[];
  /** Submissions with a running workflow, which cancels itself. */
  open: string[];
  submissions?: string[];
  /** A team's number. */
  team?: number;
  /** Only submissions whose newest record has this reason. */
  because?: Reason;
}

/** Records the chosen rounds that have not begun as cancelled; returns how many this call recorded. */
export async function cancelQueued(deps: Dependencies, choice: QueuedChoice): Promise<number> {
  const { campaign, because } = choice;
  const final = await finalRounds(deps.results, campaign);
  const queued = (await chosen(deps, choice)).filter(
    ({ submission, sequence }) => sequence > (final.get(submission) ?? 0),
  );
  const rounds = because === undefined ? queued : await withReason(deps, campaign, queued, final, because);
  return cancelRounds(deps.results, campaign, rounds, {
    reason: 'cancelled',
    detail: 'It was cancelled before its turn came.',
  });
}

async function chosen(
  deps: Dependencies,
  { campaign, workLists, open, submissions, team }: QueuedChoice,
): Promise<TeamRound[]> {
  const running = new Set(open);
  const wanted = submissions && new Set(submissions);
  const teams = await deps.frozen.work(campaign, workLists);
  const ofTeams = team === undefined ? teams : teams.slice(team, team + 1);
  return ofTeams.flatMap(({ team, teamName, rounds }) =>
    rounds
      .filter(({ submission }) => !running.has(submission) && (wanted === undefined || wanted.has(submission)))
      .map((round) => ({ ...round, team, teamName })),
  );
}

async function withReason(
  { store, buckets }: Dependencies,
  campaign: string,
  queued: TeamRound[],
  final: Map<string, number>,
  because: Reason,
): Promise<TeamRound[]> {
  const found: TeamRound[] = [];
  await inParallel(readsAtOnce, queued, async (round) => {
    const newest = final.get(round.submission);
    if (newest === undefined) return;
    const key = resultObjects.ledger(campaign, round.submission, newest);
    if ((await store.readJson<LedgerRecord>(buckets.results, key)).reason === because) found.push(round);
  });
  return found;
}
