import { Context } from '@temporalio/activity';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import type { Pseudonym } from '../campaign/model/frozen-campaign.ts';
import type { StuckReport } from '../campaign/model/messages.ts';
import { HoldoutError, messageOf } from '../errors.ts';
import { campaignWorkflowId } from '../ids.ts';
import type { WorkflowDependencies } from './dependencies.ts';

/** The fields of an activity's input that tell for which round it works. */
type StuckInput = Pick<StuckReport, 'submission' | 'sequence'> & { campaign: string; shownAs?: Pseudonym };

/** Every fifth failed attempt is reported to the campaign: the first after some 15 s. */
export const attemptsPerReport = 5;

/** Reports the failed attempt of the current activity to its campaign, every few attempts. */
export async function reportFailure(deps: WorkflowDependencies, input: unknown, error: unknown): Promise<void> {
  const { info, cancellationSignal } = Context.current();
  if (info.attempt % attemptsPerReport !== 0 || cancellationSignal.aborted) return;
  await reportStuck(deps, input, { cause: error, tries: info.attempt, since: info.scheduledTimestampMs });
}

/** Reports that the current activity succeeded after failures that were reported. */
export async function reportRecovery(deps: WorkflowDependencies, input: unknown): Promise<void> {
  if (Context.current().info.attempt > attemptsPerReport) await reportStuck(deps, input, null);
}

/**
 * Reports the failure that the current activity is stuck on; null: it has recovered. Does nothing for an activity that works
 * for no round. A lost report must not fail the activity: another one follows.
 */
export async function reportStuck(
  { workflows }: WorkflowDependencies,
  input: unknown,
  stuck: { what?: string; cause: unknown; tries: number; since: number } | null,
): Promise<void> {
  const { campaign, submission, sequence, shownAs } = (input ?? {}) as Partial<StuckInput>;
  if (campaign === undefined || submission === undefined || sequence === undefined) return;
  const { info, log } = Context.current();
  const step = stuck && {
    what: info.activityType,
    ...stuck,
    cause: faultCause(faultText(stuck.cause), [submission, campaign]),
    ...(shownAs && { shownAs: shownAs.submission }),
  };
  const report: StuckReport = { submission, sequence, stuck: step };
  try {
    await workflows.getHandle(campaignWorkflowId(campaign)).signal<[StuckReport]>('stuck', report);
  } catch (error) {
    log.warn('could not report to the campaign', { error });
  }
}

/** The code or name of an error, and its message. */
export const faultText = (error: unknown): string => {
  if (error instanceof HoldoutError) return `${error.code}: ${error.message}`;
  return error instanceof Error && error.name !== 'Error' ? `${error.name}: ${error.message}` : messageOf(error);
};
