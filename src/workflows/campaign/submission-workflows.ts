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
import type { SubmissionControl } from '../../campaign/operators/command-definition.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { treatmentOf } from '../../campaign/state/team-settings.ts';
import type { RunGrant, StuckStep } from '../../campaign/model/messages.ts';
import type { Decision } from '../../campaign/scheduling/scheduler.ts';
import { markdownText } from '../../escaping/markdown.ts';
import { submissionWorkflowId, taskQueues } from '../../ids.ts';
import {
  endRunSignal,
  giveUpSignal,
  grantRunSignal,
  noContent,
  refuseRunSignal,
  reportAgainSignal,
  tryAgainSignal,
} from '../signals-and-queries.ts';
import { retryAfterNondeterminism } from '../nondeterminism.ts';
import { sealedAsThis } from '../authentication/sealed.ts';
import { searchAttributes } from '../search-attributes.ts';
import { activities, longActivities } from '../activity-proxies.ts';
import type { submission as submissionWorkflow } from '../submission/submission.ts';

type Start = Extract<Decision, { kind: 'start' }>;
type CancelChoice = Parameters<SubmissionControl['cancelChosen']>[0];
type SubmissionHandle = ReturnType<typeof getExternalWorkflowHandle>;

/** Between two attempts to start a round whose submission still has a workflow, in ms: doubles from first to longest. */
const firstPause = 1_000;
const longestPause = 60_000;

/** Temporal takes 400 bytes. */
const summaryOf = ({ submission, teamName, shownAs }: NextSubmission): string =>
  markdownText(shownAs?.submission ?? `${submission} of ${teamName}`).slice(0, 100);

/** Starts, signals and cancels the workflows of a campaign's submissions. */
export class SubmissionWorkflows implements SubmissionControl {
  private readonly heard = new Set<string>();
  private readonly starting = new Set<string>();
  /** The number of later rounds whose start was decided and has not happened. */
  private laterRounds = 0;
  /** Sent with the next decisions. */
  private outgoing: [submission: string, send: (handle: SubmissionHandle) => Promise<void>][] = [];

  constructor(
    private readonly campaign: string,
    private readonly state: CampaignState,
  ) {}

  /** Whether no message is waiting to be sent. */
  get isIdle(): boolean {
    return this.outgoing.length === 0;
  }

  /** A later round waits for the end of the one before. */
  get isStarting(): boolean {
    return this.laterRounds > 0;
  }

  private enqueue(submissions: readonly string[], send: (handle: SubmissionHandle) => Promise<void>): void {
    for (const submission of submissions) this.outgoing.push([submission, send]);
  }

  /** A message of the submission has arrived. */
  heardFrom(submission: string): void {
    this.heard.add(submission);
  }

  /** A request that was granted before gets the same grant. */
  grantAgain(grant: RunGrant): void {
    this.enqueue([grant.submission], (handle) => handle.signal(grantRunSignal, grant));
  }

  cancel(submissions: readonly string[]): void {
    this.enqueue(submissions, (handle) => handle.cancel());
  }

  endRuns(team: number | null): void {
    for (const [submission, open] of this.state.open) {
      if (open.grant === undefined || (team !== null && open.team !== team)) continue;
      const { n } = open.grant;
      this.enqueue([submission], (handle) => handle.signal(endRunSignal, { n }));
    }
  }

  tryAgain(submissions: readonly string[]): void {
    this.enqueue(submissions, (handle) => handle.signal(tryAgainSignal, noContent));
  }

  /** Ends the run that a submission is stuck with or, if it has none, the step. */
  giveUp(submission: string, { what, cause }: StuckStep): void {
    const n = this.state.open.get(submission)?.grant?.n;
    this.enqueue([submission], (handle) =>
      n === undefined
        ? handle.signal(giveUpSignal, { cause: `${what}: ${cause}` })
        : handle.signal(endRunSignal, { n }),
    );
  }

  async cancelChosen({ submissions, because }: CancelChoice, team: number | null): Promise<void> {
    const { campaign, state } = this;
    const chosen = submissions && new Set(submissions);
    const open = [...state.open].filter(
      ([submission, one]) =>
        (chosen === undefined || chosen.has(submission)) &&
        (team === null || one.team === team) &&
        (because === undefined || one.lastReason === because),
    );
    this.cancel(open.map(([submission]) => submission));
    await longActivities('main', 'cancel rounds that have not started').cancelQueued({
      campaign,
      workLists: state.workLists,
      open: [...state.open.keys()],
      ...(submissions && { submissions }),
      ...(team !== null && { team }),
      ...(because && { because }),
    });
  }

  /** Asks submissions what they hold; they reply with {@link HeldRunReport}. */
  askForReports(submissions: readonly string[]): void {
    this.enqueue(submissions, (handle) => handle.signal(reportAgainSignal, noContent));
  }

  /** Returns the open submissions that sent nothing since the last call. */
  silent(): string[] {
    const silent = [...this.state.open.keys()].filter(
      (submission) => !this.heard.has(submission) && !this.starting.has(submission),
    );
    this.heard.clear();
    return silent;
  }

  /** Sends every decision and waits until the server has accepted it, so that nothing is pending at continue-as-new. */
  async carryOut(decisions: Decision[]): Promise<void> {
    const outgoing = this.outgoing;
    this.outgoing = [];
    const starts = decisions.filter((decision) => decision.kind === 'start');
    await Promise.all([
      this.start(starts),
      ...decisions.map((decision) => {
        if (decision.kind === 'start') return undefined;
        const { submission, n } = decision;
        return this.send(submission, (handle) =>
          decision.kind === 'refuse'
            ? handle.signal(refuseRunSignal, { submission, n, reason: decision.reason })
            : handle.signal(grantRunSignal, { submission, n, class: decision.class, reserved: decision.reserved }),
        );
      }),
      ...outgoing.map(([submission, send]) => this.send(submission, send)),
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

  /** The round before may take minutes to close; nothing else waits for that. */
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
    while (!state.start(submission, team, sequence)) {
      await condition(() => !state.open.has(submission) || state.closing !== undefined);
      if (state.closing) return;
    }
    this.starting.add(submission);
    for (let pause = firstPause; !(await this.startOne(row)); pause = Math.min(pause * 2, longestPause)) {
      // It runs this round, unknown to a campaign that lost its state, or the one before, which is about to close.
      await this.send(submission, (handle) => handle.signal(reportAgainSignal, noContent));
      if (sequence === 1) break;
      await sleep(pause, { summary: markdownText(`${row.shownAs?.submission ?? submission} is about to close`) });
      if (!this.starting.has(submission)) return;
    }
    this.hasStarted(submission);
  }

  /** The workflow of the submission's open round runs. */
  hasStarted(submission: string): void {
    this.starting.delete(submission);
    this.heardFrom(submission);
  }

  /** Returns false if the submission has a workflow already. */
  private async startOne(row: NextSubmission): Promise<boolean> {
    const { campaign } = this;
    const { team, teamId, submission, sequence, kind, shownAs } = row;
    const shownTeam = shownAs?.team ?? teamId;
    try {
      await startChild<typeof submissionWorkflow>('submission', {
        workflowId: submissionWorkflowId(campaign, submission),
        taskQueue: taskQueues.main,
        args: [{ campaign, submission, team: teamId, sequence, kind, ...(shownAs && { shownAs }), ...sealedAsThis() }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        retry: retryAfterNondeterminism,
        staticSummary: summaryOf(row),
        priority: { priorityKey: treatmentOf(this.state, team).priority, fairnessKey: shownTeam },
        typedSearchAttributes: [
          { key: searchAttributes.campaign, value: campaign },
          { key: searchAttributes.team, value: shownTeam },
          { key: searchAttributes.stage, value: 'preparing' },
        ],
      });
      return true;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return false;
    }
  }

  /** A workflow that has ended meanwhile gets nothing; the next check of silent submissions closes its round. */
  private async send(submission: string, send: (handle: SubmissionHandle) => Promise<void>): Promise<void> {
    try {
      await send(getExternalWorkflowHandle(submissionWorkflowId(this.campaign, submission)));
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
    }
  }
}
