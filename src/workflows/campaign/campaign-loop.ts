import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { OpenedCampaign } from '../../activities/open-campaign.ts';
import { applyReport, applySettlement, applyRunRequest, applyHeldRun } from '../../campaign/state/apply-messages.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { encodeState } from '../../campaign/state/continue-as-new-state.ts';
import { forecastOf, isDeadlineAtRisk, type Forecast } from '../../campaign/forecasting/forecast.ts';
import { blockedReasonOf, isDone } from '../../campaign/scheduling/blocked-reason.ts';
import { progressOf, type CampaignProgress } from '../../campaign/operators/progress.ts';
import type { SubmissionReport } from '../../campaign/model/messages.ts';
import { decide } from '../../campaign/scheduling/scheduler.ts';
import { takeGivenUp, takeStuck } from '../../campaign/state/stuck-steps.ts';
import { showCampaign } from './current-details.ts';
import { SubmissionWorkflows } from './submission-workflows.ts';
import type { MessageBuffer } from './message-buffer.ts';
import { progressQuery } from '../messages.ts';
import type { CampaignInput, RestoredCampaign } from './restore-state.ts';
import { CommandProcessor } from './command-processor.ts';
import { longActivities } from '../activity-proxies.ts';
import { limitsOf } from '../../campaign/scheduling/starts.ts';

/** A parent run ends well below the server's suggestion of 4,096 events. */
const mostEvents = 3_000;

/** How long a class that gave no machine counts as short, in ms. */
const shortFor = 30 * 60_000;

/** A campaign that lost its state waits for so many looks until all that runs has said what it holds. */
const looksForStandings = 2;

/** Decides for one campaign what starts, runs and ends, message by message, and keeps its state. */
export class CampaignLoop {
  private changed = true;
  private readonly opened: OpenedCampaign;
  private readonly state: CampaignState;
  private readonly children: SubmissionWorkflows;
  private readonly desk: CommandProcessor;
  private readonly unheard: Set<string>;
  private looks = 0;
  /** As of the last look. */
  private forecast: Forecast | null;

  constructor(
    private readonly name: string,
    { opened, state, desk, unheard }: RestoredCampaign,
    inbox: MessageBuffer,
  ) {
    this.opened = opened;
    this.state = state;
    this.forecast = this.forecastNow();
    this.unheard = new Set(unheard);
    this.children = new SubmissionWorkflows(name, state);
    this.desk = new CommandProcessor(name, state, this.children, desk, () => this.wake());
    this.children.askAgain(unheard);
    inbox.open({
      requestRun: (request) =>
        this.hear(request.submission, () => {
          const { settles } = request;
          if (settles?.classShort) state.shortUntil[settles.class] = Date.now() + shortFor;
          const grant = applyRunRequest(state, request);
          if (grant) this.children.grantAgain({ submission: request.submission, ...grant });
        }),
      runSettled: (settlement) => this.hear(settlement.submission, () => applySettlement(state, settlement)),
      submissionFinished: (report) => this.hear(report.submission, () => this.close(report)),
      standing: (standing) =>
        this.hear(standing.submission, () => {
          if (applyHeldRun(state, standing)) this.children.underWay(standing.submission);
          this.unheard.delete(standing.submission);
        }),
      stuck: (report) => this.hear(report.submission, () => takeStuck(state, report)),
      act: (act) => this.desk.take(act),
      ask: (act) => this.desk.ask(act),
      check: (act) => this.desk.check(act),
    });
    setHandler(progressQuery, () => this.progress());
  }

  /** Decides again after every message and at every tick, until every round is final. */
  async run(): Promise<void> {
    const ticking = new CancellationScope();
    const ticks = ticking.run(() => this.tick());
    while (!this.isFinished()) {
      this.changed = false;
      await this.desk.work(this.unheard.size === 0);
      if (this.mustContinueAsNew()) await this.continueAsNew();
      else {
        await this.carryOut();
        await condition(() => this.changed || this.isFinished());
      }
    }
    ticking.cancel();
    await ticks;
    showCampaign(this.progress());
  }

  /** Whether nothing more came while the results were published, and everybody who asked has an answer. */
  async isOver(): Promise<boolean> {
    await condition(() => !this.isFinished() || allHandlersFinished());
    return this.isFinished();
  }

  private isFinished(): boolean {
    return isDone(this.state) && this.desk.isIdle && !this.children.isStarting;
  }

  private async carryOut(): Promise<void> {
    const limits = limitsOf(this.state, this.opened.frozen.fairness.perTeamInFlight);
    const decisions = this.unheard.size > 0 ? [] : decide(this.state, limits, Date.now());
    for (const [submission, stuck] of takeGivenUp(this.state, Date.now())) this.children.giveUp(submission, stuck);
    await this.children.carryOut(decisions);
    if (decisions.length > 0) this.wake();
    showCampaign(this.progress());
  }

  private mustContinueAsNew(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (this.unheard.size > 0 || this.children.isStarting) return false;
    return continueAsNewSuggested || historyLength > mostEvents;
  }

  /**
   * Decides nothing more, so that it comes even under a flood of messages: what they asked for is in the state. Only what is
   * on its way to a child, and whoever waits for an answer, is waited for.
   */
  private async continueAsNew(): Promise<void> {
    await this.children.carryOut([]);
    await condition(() => this.changed || allHandlersFinished());
    if (!this.children.isIdle || this.desk.isAsked || !allHandlersFinished()) return;
    const { instanceClasses: classes, limits } = this.opened.frozen;
    const state = encodeState(this.state, { classes, limits });
    await continueAsNew<(input: CampaignInput) => Promise<unknown>>({
      campaign: this.name,
      carried: { state, desk: this.desk.carried() },
    });
  }

  private wake(): void {
    this.changed = true;
  }

  private hear(submission: string, take: () => void): void {
    this.children.heardOf(submission);
    take();
    this.wake();
  }

  private close(report: SubmissionReport): void {
    applyReport(this.state, report);
    this.unheard.delete(report.submission);
  }

  private progress(): CampaignProgress {
    return progressOf(this.name, this.state, this.forecast, Date.now());
  }

  /** Lost reports, short classes, the deadline and the forecast need no message to be noticed. */
  private async tick(): Promise<void> {
    try {
      for (;;) {
        await sleep(this.opened.timings.reconcile, { summary: 'look for lost reports' });
        await this.lookAfter(this.children.silent());
        this.looks += 1;
        if (this.looks >= looksForStandings && this.unheard.size > 0) {
          log.warn('goes on without hearing what some submissions hold', { unheard: this.unheard.size });
          this.unheard.clear();
        }
        this.lookAhead();
        this.wake();
      }
    } catch (error) {
      if (!CancellationScope.current().consideredCancelled) throw error;
    }
  }

  /** Trouble with one look must not stop the campaign: the next look comes. */
  private async lookAfter(silent: string[]): Promise<void> {
    if (silent.length === 0) return;
    const { name: campaign, state } = this;
    const rounds = new Map(silent.map((submission) => [submission, state.open.get(submission)?.sequence]));
    try {
      const ended = await longActivities('main', `look after ${silent.length} silent submissions`).endedAmong({
        campaign,
        submissions: silent,
      });
      // A later round that began meanwhile was not looked after.
      const open = ended.flatMap((submission) => {
        const one = state.open.get(submission);
        if (one === undefined || one.sequence !== rounds.get(submission)) return [];
        return [{ submission, sequence: one.sequence, held: one.grant ?? null }];
      });
      if (open.length === 0) return;
      const reports = await longActivities('main', `records of ${open.length} lost submissions`).reconcile({
        campaign,
        open,
      });
      for (const report of reports) this.close(report);
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      log.warn('a look after silent submissions failed', { error });
    }
  }

  /** What a campaign that waits for the platform will take nobody knows. */
  private forecastNow(): Forecast | null {
    if (blockedReasonOf(this.state, Date.now()) === 'platform') return null;
    const { instanceClasses, fairness } = this.opened.frozen;
    return forecastOf(this.state, instanceClasses, Date.now(), fairness.perTeamInFlight);
  }

  private lookAhead(): void {
    this.forecast = this.forecastNow();
    const hurry = isDeadlineAtRisk(this.state, this.forecast);
    if (hurry === this.state.deadlineAtRisk) return;
    this.state.deadlineAtRisk = hurry;
    this.desk.note(
      hurry
        ? 'hurry: the deadline is in danger, faster classes are granted'
        : 'hurry is over: the forecast meets the deadline',
    );
  }
}
