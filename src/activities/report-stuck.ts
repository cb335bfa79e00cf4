import { Context } from '@temporalio/activity';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import type { StuckReport, StuckStep } from '../campaign/model/messages.ts';
import { HoldoutError, messageOf } from '../errors.ts';
import { campaignWorkflowId } from '../ids.ts';
import type { Dependencies } from './dependencies.ts';

/** A campaign hears of every fifth try that failed: the first time after some 15 s. */
const triesPerWord = 5;

type Told = Pick<Dependencies, 'workflows'>;

/** Of whose activities a campaign is told. */
interface Round {
  campaign: string;
  submission: string;
  sequence: number;
}

/** The activity of this context failed: every few tries its campaign is told, so that nothing is retried in silence. */
export async function reportFailure(deps: Told, input: unknown, error: unknown): Promise<void> {
  const { info, cancellationSignal } = Context.current();
  if (info.attempt % triesPerWord !== 0 || cancellationSignal.aborted) return;
  await reportStuck(deps, input, { cause: error, tries: info.attempt, since: info.scheduledTimestampMs });
}

/** It went well in the end. */
export async function reportRecovery(deps: Told, input: unknown): Promise<void> {
  if (Context.current().info.attempt > triesPerWord) await tell(deps, input, null);
}

/** What the activity of this context is stuck with; null: it goes on. */
export const reportStuck = (
  deps: Told,
  input: unknown,
  stuck: { cause: unknown; tries: number; since: number } | null,
): Promise<void> => {
  const round = roundOf(input);
  const cause = stuck && faultCause(wordsOf(stuck.cause), round ? [round.submission, round.campaign] : []);
  const what = Context.current().info.activityType;
  return tell(deps, input, stuck && { ...stuck, what, cause: cause ?? '' });
};

/** A word that does not arrive is no reason to fail: the next one comes. */
async function tell({ workflows }: Told, input: unknown, stuck: StuckStep | null): Promise<void> {
  const round = roundOf(input);
  if (round === undefined) return;
  const report: StuckReport = { submission: round.submission, sequence: round.sequence, stuck };
  try {
    await workflows.getHandle(campaignWorkflowId(round.campaign)).signal<[StuckReport]>('stuck', report);
  } catch (error) {
    Context.current().log.warn('the campaign was not told', { error });
  }
}

function roundOf(input: unknown): Round | undefined {
  const { campaign, submission, sequence } = (input ?? {}) as Partial<Round>;
  if (campaign === undefined || submission === undefined || sequence === undefined) return undefined;
  return { campaign, submission, sequence };
}

const wordsOf = (error: unknown): string => {
  if (error instanceof HoldoutError) return `${error.code}: ${error.message}`;
  return error instanceof Error && error.name !== 'Error' ? `${error.name}: ${error.message}` : messageOf(error);
};
