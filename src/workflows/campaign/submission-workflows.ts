import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { NextSubmission } from '../../activities/next-submissions.ts';
import { applyStart } from '../../campaign/state/apply-messages.ts';
import { treatmentOf, type CampaignState } from '../../campaign/state/campaign-state.ts';
import type { RunGrant, StuckStep } from '../../campaign/model/messages.ts';
import type { Decision } from '../../campaign/scheduling/scheduler.ts';
import { submissionWorkflowId, taskQueues } from '../../ids.ts';
import {
  endRunSignal,
  giveUpSignal,
  grantRunSignal,
  refuseRunSignal,
  reportAgainSignal,
  tryAgainSignal,
} from '../messages.ts';
import { searchAttributes } from '../search-attributes.ts';
import { activities } from '../activity-proxies.ts';
import type { submission as submissionWorkflow } from '../submission/submission.ts';

type Start = Extract<Decision, { kind: 'start' }>;
type SubmissionHandle = ReturnType<typeof getExternalWorkflowHandle>;

/** Between two tries to start a round whose submission still has a workflow, in ms: doubles from the first to the last. */
const firstPause = 1_000;
const longestPause = 60_000;

/** The submissions' workflows as their campaign sees them: started, answered, cancelled, looked after. */
export class SubmissionWorkflows {
  private readonly heard = new Set<string>();
  private readonly starting = new Set<string>();
  /** Later rounds that were decided to start and have not. */
  private laterRounds = 0;
  /** What is sent with the next decisions. */
  private outgoing: [submission: string, send: (handle: SubmissionHandle) => Promise<void>][] = [];

  constructor(
    private readonly campaign: string,
    private readonly state: CampaignState,
  ) {}

  /** Nothing is on its way. */
  get isIdle(): boolean {
    return this.outgoing.length === 0;
  }

  /** A later round waits for the end of the one before. */
  get isStarting(): boolean {
    return this.laterRounds > 0;
  }

  heardOf(submission: string): void {
    this.heard.add(submission);
  }

  /** The same question came again: it gets the same answer. */
  grantAgain(grant: RunGrant): void {
    this.outgoing.push([grant.submission, (handle) => handle.signal(grantRunSignal, grant)]);
  }

  cancel(submissions: readonly string[]): void {
    for (const submission of submissions) this.outgoing.push([submission, (handle) => handle.cancel()]);
  }

  /** Ends the runs that a team (null: any) has under way; their submissions ask again. */
  endRuns(team: number | null): void {
    for (const [submission, open] of this.state.open) {
      if (open.grant === undefined || (team !== null && open.team !== team)) continue;
      const { n } = open.grant;
      this.outgoing.push([submission, (handle) => handle.signal(endRunSignal, { n })]);
    }
  }

  /** Has what is stuck tried again at once. */
  tryAgain(submissions: readonly string[]): void {
    for (const submission of submissions) this.outgoing.push([submission, (handle) => handle.signal(tryAgainSignal)]);
  }

  /** Ends what a submission is stuck at: its run, where it has one, else the step. */
  giveUp(submission: string, { what, cause }: StuckStep): void {
    const n = this.state.open.get(submission)?.grant?.n;
    this.outgoing.push([
      submission,
      (handle) =>
        n === undefined
          ? handle.signal(giveUpSignal, { cause: `${what}: ${cause}` })
          : handle.signal(endRunSignal, { n }),
    ]);
  }

  /** Asks what they do; the answers come as `standing`. */
  askAgain(submissions: readonly string[]): void {
    for (const submission of submissions) {
      this.outgoing.push([submission, (handle) => handle.signal(reportAgainSignal)]);
    }
  }

  /** Open submissions that said nothing since this was last asked. */
  silent(): string[] {
    const silent = [...this.state.open.keys()].filter(
      (submission) => !this.heard.has(submission) && !this.starting.has(submission),
    );
    this.heard.clear();
    return silent;
  }

  /** Sends every decision out and waits until the server has taken it, so that nothing is pending at a continue-as-new. */
  async carryOut(decisions: Decision[]): Promise<void> {
    const outgoing = this.outgoing;
    this.outgoing = [];
    const starts = decisions.filter((decision) => decision.kind === 'start');
    await Promise.all([
      this.start(starts),
      ...decisions.map((decision) => {
        if (decision.kind === 'start') return undefined;
        const { submission, n } = decision;
        return this.reach(submission, (handle) =>
          decision.kind === 'refuse'
            ? handle.signal(refuseRunSignal, { submission, n, reason: decision.reason })
            : handle.signal(grantRunSignal, { submission, n, class: decision.class, reserved: decision.reserved }),
        );
      }),
      ...outgoing.map(([submission, send]) => this.reach(submission, send)),
    ]);
  }

  private async start(starts: Start[]): Promise<void> {
    if (starts.length === 0) return;
    const rows = await activities('main', `the next ${starts.length} submissions`).nextSubmissions({
      campaign: this.campaign,
      workLists: this.state.workLists,
      picks: starts.map(({ team, index }) => ({ team, index })),
    });
    const firsts = rows.filter(({ sequence }) => sequence === 1).map((row) => this.begin(row));
    for (const row of rows) if (row.sequence > 1) void this.beginLater(row);
    await Promise.all(firsts);
  }

  /** Nothing else waits until the round before is over, be it minutes. */
  private async beginLater(row: NextSubmission): Promise<void> {
    this.laterRounds += 1;
    try {
      await CancellationScope.nonCancellable(() => this.begin(row));
    } finally {
      this.laterRounds -= 1;
    }
  }

  private async begin(row: NextSubmission): Promise<void> {
    const { state } = this;
    const { submission, team, sequence } = row;
    while (!applyStart(state, submission, team, sequence)) {
      await condition(() => !state.open.has(submission) || state.closing !== undefined);
      if (state.closing) return;
    }
    this.starting.add(submission);
    for (let pause = firstPause; !(await this.startOne(row)); pause = Math.min(pause * 2, longestPause)) {
      // This round, unknown to a campaign that lost its state, or the one before, which is about to close.
      await this.reach(submission, (handle) => handle.signal(reportAgainSignal));
      if (sequence === 1) break;
      await sleep(pause, { summary: `${submission} is about to close` });
      if (!this.starting.has(submission)) return;
    }
    this.underWay(submission);
  }

  /** The workflow of the submission's open round runs. */
  underWay(submission: string): void {
    this.starting.delete(submission);
    this.heardOf(submission);
  }

  /** False: the submission has a workflow already. */
  private async startOne({ team, teamId, teamName, submission, sequence, kind }: NextSubmission): Promise<boolean> {
    const { campaign } = this;
    try {
      await startChild<typeof submissionWorkflow>('submission', {
        workflowId: submissionWorkflowId(campaign, submission),
        taskQueue: taskQueues.main,
        args: [{ campaign, submission, team: teamId, sequence, kind }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `${submission} of ${teamName}`.slice(0, 150),
        priority: { priorityKey: treatmentOf(this.state, team).priority, fairnessKey: teamId },
        typedSearchAttributes: [
          { key: searchAttributes.campaign, value: campaign },
          { key: searchAttributes.team, value: teamId },
          { key: searchAttributes.stage, value: 'preparing' },
        ],
      });
      return true;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return false;
    }
  }

  /** A child that has ended meanwhile cannot be reached; the next look after silent ones closes its case. */
  private async reach(submission: string, send: (handle: SubmissionHandle) => Promise<void>): Promise<void> {
    try {
      await send(getExternalWorkflowHandle(submissionWorkflowId(this.campaign, submission)));
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
    }
  }
}
