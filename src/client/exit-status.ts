import { HoldoutError } from '../errors.ts';
import type { CampaignResults } from '../ledger/results.ts';

export const exitStatus = { done: 0, failed: 1, badInput: 2, needsDecision: 3 } as const;

/** Of an ended campaign: failures that are a team's fault are normal, others need a decision. */
export const exitOf = ({ submissions }: CampaignResults): number =>
  submissions.every(({ state, fault }) => state === 'finished' || (state === 'failed' && fault === 'team'))
    ? exitStatus.done
    : exitStatus.needsDecision;

export const exitOfError = (error: unknown): number =>
  error instanceof HoldoutError && error.source === 'user' ? exitStatus.badInput : exitStatus.failed;
