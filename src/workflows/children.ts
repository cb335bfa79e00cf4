import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { OpenCase } from '../activities/reconcile.ts';
import { openSubmission } from '../campaign/bookkeeping.ts';
import type { CampaignState, OpenSubmission } from '../campaign/campaign-state.ts';
import type { Decision } from '../campaign/scheduler.ts';
import { submissionWorkflowId, taskQueues } from '../ids.ts';
import { grantRunSignal, refuseRunSignal, reportAgainSignal } from './messages.ts';
import { searchAttributes } from './search-attributes.ts';
import { step } from './steps.ts';
import type { submission as submissionWorkflow } from './submission.ts';

type Answer = NonNullable<OpenSubmission['answered']>;
type Start = Extract<Decision, { kind: 'start' }>;

/** The submissions' workflows as their campaign sees them: started, answered, cancelled, looked after. */
export class Children {
  private readonly heard = new Set<string>();
  private readonly starting = new Set<string>();
  private repeats: [submission: string, answer: Answer][] = [];

  constructor(
    private readonly campaign: string,
    private readonly state: CampaignState,
  ) {}

  heardOf(submission: string): void {
    this.heard.add(submission);
  }

  /** The same question came again: the same answer goes out with the next decisions. */
  answerAgain(submission: string, answer: Answer): void {
    this.repeats.push([submission, answer]);
  }

  /** Open submissions that said nothing since this was last asked. */
  silent(): OpenCase[] {
    const silent = Object.entries(this.state.open)
      .filter(([submission]) => !this.heard.has(submission) && !this.starting.has(submission))
      .map(([submission, { team, grant }]) => ({ submission, team, held: grant ?? null }));
    this.heard.clear();
    return silent;
  }

  /** Sends every decision out and waits until the server has taken it, so that nothing is pending at a continue-as-new. */
  async carryOut(decisions: Decision[]): Promise<void> {
    const repeats = this.repeats;
    this.repeats = [];
    await Promise.all([
      this.start(decisions.filter((decision) => decision.kind === 'start')),
      ...decisions.map((decision) => {
        if (decision.kind === 'start') return undefined;
        return decision.kind === 'grant'
          ? this.answer(decision.submission, decision)
          : this.answer(decision.submission, { n: decision.n, refused: decision.reason });
      }),
      ...repeats.map(([submission, answer]) => this.answer(submission, answer)),
    ]);
  }

  async cancel(submissions: string[]): Promise<void> {
    await Promise.all(submissions.map((submission) => this.reach(() => this.handle(submission).cancel())));
  }

  private async start(starts: Start[]): Promise<void> {
    if (starts.length === 0) return;
    const picks = starts.map(({ team, index }) => ({ team, index }));
    const rows = await step('main', `the next ${picks.length} submissions`).nextSubmissions({
      campaign: this.campaign,
      picks,
    });
    await Promise.all(
      rows.map(async ({ team, teamName, submission }) => {
        openSubmission(this.state, submission, team);
        this.starting.add(submission);
        await this.startOne(team, teamName, submission);
        this.starting.delete(submission);
        this.heardOf(submission);
      }),
    );
  }

  private async startOne(team: string, teamName: string, submission: string): Promise<void> {
    const { campaign } = this;
    try {
      await startChild<typeof submissionWorkflow>('submission', {
        workflowId: submissionWorkflowId(campaign, submission),
        taskQueue: taskQueues.main,
        args: [{ campaign, submission, team }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `${submission} of ${teamName}`.slice(0, 150),
        priority: { priorityKey: this.state.teams[team]?.priority ?? 3, fairnessKey: team },
        typedSearchAttributes: [
          { key: searchAttributes.campaign, value: campaign },
          { key: searchAttributes.team, value: team },
          { key: searchAttributes.stage, value: 'preparing' },
        ],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await this.reach(() => this.handle(submission).signal(reportAgainSignal));
    }
  }

  private async answer(submission: string, answer: Answer): Promise<void> {
    const { n } = answer;
    await this.reach(() =>
      'refused' in answer
        ? this.handle(submission).signal(refuseRunSignal, { submission, n, reason: answer.refused })
        : this.handle(submission).signal(grantRunSignal, {
            submission,
            n,
            class: answer.class,
            reserved: answer.reserved,
          }),
    );
  }

  private handle(submission: string) {
    return getExternalWorkflowHandle(submissionWorkflowId(this.campaign, submission));
  }

  /** A child that has ended meanwhile cannot be reached; the next look after silent ones closes its case. */
  private async reach(send: () => Promise<void>): Promise<void> {
    try {
      await send();
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
    }
  }
}
