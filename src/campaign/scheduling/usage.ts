import { byName } from '../model/by-name.ts';
import type { CampaignState } from '../state/campaign-state.ts';
import { waitsForImage, type OpenSubmission, type WaitingRequest } from '../state/open-submission.ts';
import { treatmentOf } from '../state/team-settings.ts';
import type { Grant } from '../model/messages.ts';

/** Sums over the open submissions (about 1,500 at most), counted again for every decision. */
export interface Usage {
  open: number;
  /** Submissions in a preparing place; those that wait for a paused team or for their image have none. */
  preparing: number;
  openByTeam: Uint16Array;
  runsByTeam: Uint16Array;
  runsByClass: Record<string, number>;
  /** Micro-dollars reserved by grants and canaries, and the part of it for evaluations beyond a submission's first. */
  reserved: number;
  reservedForReruns: number;
  /** Requests of teams that are not paused, without those that a platform fault may end. */
  waiting: Waiting[];
}

export interface Waiting {
  submission: string;
  open: OpenSubmission;
  request: WaitingRequest;
}

export function usageOf(state: CampaignState): Usage {
  const teams = state.rounds.length;
  const usage: Usage = {
    open: state.open.size,
    preparing: 0,
    openByTeam: new Uint16Array(teams),
    runsByTeam: new Uint16Array(teams),
    runsByClass: byName(),
    reserved: state.canaries.reserved,
    reservedForReruns: 0,
    waiting: [],
  };
  for (const [submission, open] of state.open) {
    const { team, request, grant } = open;
    usage.openByTeam[team] = (usage.openByTeam[team] ?? 0) + 1;
    const waitsForPausedTeam = request !== undefined && treatmentOf(state, team).paused;
    if (open.preparing && !waitsForPausedTeam && !waitsForImage(open)) usage.preparing += 1;
    if (request && !request.usedUp && !waitsForPausedTeam) usage.waiting.push({ submission, open, request });
    if (grant) countGrant(usage, team, grant);
  }
  return usage;
}

export function countGrant(usage: Usage, team: number, grant: Grant): void {
  usage.runsByTeam[team] = (usage.runsByTeam[team] ?? 0) + 1;
  usage.runsByClass[grant.class] = (usage.runsByClass[grant.class] ?? 0) + 1;
  usage.reserved += grant.reserved;
  if (grant.rerun) usage.reservedForReruns += grant.reserved;
}
