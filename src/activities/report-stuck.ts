import { Context } from '@temporalio/activity';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import type { StuckReport, StuckStep } from '../campaign/model/messages.ts';
import { HoldoutError, messageOf } from '../errors.ts';
import { campaignWorkflowId } from '../ids.ts';
import type { Dependencies } from './dependencies.ts';

/** Every fifth failed attempt is reported to the campaign: the first after some 15 s. */
const attemptsPerReport = 5;

type Reporter = Pick<Dependencies, 'workflows'>;

/** The round that an activity works for, from its input. */
interface Round {
  campaign: string;
  submission: string;
  sequence: number;
}

/** Reports the failed attempt of the current activity to its campaign, every few attempts. */
export async function reportFailure(deps: Reporter, input: unknown, error: unknown): Promise<void> {
  const { info, cancellationSignal } = Context.current();
  if (info.attempt % attemptsPerReport !== 0 || cancellationSignal.aborted) return;
  await reportStuck(deps, input, { cause: error, tries: info.attempt, since: info.scheduledTimestampMs });
}

/** Reports that the current activity succeeded after failures that were reported. */
export async function reportRecovery(deps: Reporter, input: unknown): Promise<void> {
  if (Context.current().info.attempt > attemptsPerReport) await send(deps, input, null);
}

/** Reports the failure that the current activity is stuck on; null: it has recovered. */
export const reportStuck = (
  deps: Reporter,
  input: unknown,
  stuck: { cause: unknown; tries: number; since: number } | null,
): Promise<void> => {
  const round = roundOf(input);
  const cause = stuck && faultCause(textOf(stuck.cause), round ? [round.submission, round.campaign] : []);
  const what = Context.current().info.activityType;
  return send(deps, input, stuck && { ...stuck, what, cause: cause ?? '' });
};

/** A lost report must not fail the activity: another one follows. */
async function send({ workflows }: Reporter, input: unknown, stuck: StuckStep | null): Promise<void> {
  const round = roundOf(input);
  if (round === undefined) return;
  const report: StuckReport = { submission: round.submission, sequence: round.sequence, stuck };
  try {
    await workflows.getHandle(campaignWorkflowId(round.campaign)).signal<[StuckReport]>('stuck', report);
  } catch (error) {
    Context.current().log.warn('could not report to the campaign', { error });
  }
}

function roundOf(input: unknown): Round | undefined {
  const { campaign, submission, sequence } = (input ?? {}) as Partial<Round>;
  if (campaign === undefined || submission === undefined || sequence === undefined) return undefined;
  return { campaign, submission, sequence };
}

const textOf = (error: unknown): string => {
  if (error instanceof HoldoutError) return `${error.code}: ${error.message}`;
  return error instanceof Error && error.name !== 'Error' ? `${error.name}: ${error.message}` : messageOf(error);
};
