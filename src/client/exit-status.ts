import { HoldoutError } from '../errors.ts';
import type { CampaignResults } from '../ledger/results.ts';

/** What the command line ends with. */
export const exitStatus = { done: 0, failed: 1, badInput: 2, needsDecision: 3 } as const;

/** A campaign that ended or holds: failures by the teams' own fault are a normal end. */
export const exitOf = ({ submissions }: CampaignResults): number =>
  submissions.every(({ state, fault }) => state === 'finished' || (state === 'failed' && fault === 'team'))
    ? exitStatus.done
    : exitStatus.needsDecision;

export const exitOfError = (error: unknown): number =>
  error instanceof HoldoutError && error.source === 'user' ? exitStatus.badInput : exitStatus.failed;
