import {
  allHandlersFinished,
  CancellationScope,
  condition,
  log,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { OpenedCampaign } from '../../activities/open-campaign.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { campaignDetails } from '../../campaign/explanation/campaign-details.ts';
import { forecastOf, isDeadlineAtRisk, type Forecast } from '../../campaign/forecasting/forecast.ts';
import { blockedReasonOf } from '../../campaign/scheduling/blocked-reason.ts';
import { progressOf, type CampaignProgress } from '../../campaign/operators/progress.ts';
import type { SubmissionReport } from '../../campaign/model/messages.ts';
import { decide } from '../../campaign/scheduling/scheduler.ts';
import { equalFaults } from '../../campaign/state/platform-faults.ts';
import { takeGivenUp } from '../../campaign/state/give-up-rule.ts';
import { CanaryWorkflows } from './canary-workflows.ts';
import { SubmissionWorkflows } from './submission-workflows.ts';
import type { MessageBuffer, Recipients } from './message-buffer.ts';
import { progressQuery } from '../signals-and-queries.ts';
import { continueCampaignAsNew, isHistoryLong } from './continue-as-new.ts';
import { ticksForReports, type RestoredCampaign } from './restore-state.ts';
import { CommandProcessor } from './command-processor.ts';
import { refusals } from '../authentication/refusals.ts';
import { lostReports } from './lost-reports.ts';
import { limitsOf } from '../../campaign/scheduling/starts.ts';
import { isDone } from '../../campaign/scheduling/is-done.ts';

/** Decisions of campaigns from before this patch had no limit on classes on which no run has worked yet. */
const limitsUnproven = 'limit-unproven-classes';

/** Classes of campaigns from before this patch got runs without a canary, until their workers were upgraded. */
const canaryPerClass = 'canary-per-class';

/** In campaigns from before this patch, any number of runs could pass a request that waits for a canary or is last in order. */
const inTurn = 'requests-in-turn';

/** In campaigns from before this patch, rounds that only score waited for the same as all others. */
const rescoresAlways = 'rescores-always';

/** Campaigns from before this patch did not record that a stranger had forged their publication. */
const forgedPublication = 'forged-publication';

/** Decides for one campaign, message by message, what starts, runs and ends. */
export class CampaignLoop {
  private changed = true;
  private readonly opened: OpenedCampaign;
  private readonly state: CampaignState;
  private readonly submissions: SubmissionWorkflows;
  private readonly commands: CommandProcessor;
  private readonly canaries: CanaryWorkflows;
  /** Running submissions that have not reported what they hold. */
  private readonly unreported: Set<string>;
  private ticks = 0;
  private hasNotedForgery = false;
  /** As of the last tick. */
  private forecast: Forecast | null;

  constructor(
    private readonly name: string,
    { opened, state, commands, unreported }: RestoredCampaign,
    messages: MessageBuffer,
  ) {
    this.opened = opened;
    this.state = state;
    this.forecast = this.forecastNow();
    this.unreported = new Set(unreported);
    this.submissions = new SubmissionWorkflows(name, state);
    this.commands = new CommandProcessor(name, state, this.submissions, commands, () => this.wake());
    this.canaries = new CanaryWorkflows(name, state, opened.frozen.instanceClasses, opened.timings, (text) =>
      this.commands.note(text),
    );
    this.submissions.askForReports(unreported);
    messages.open(this.recipients());
    setHandler(progressQuery, () => this.progress());
  }

  private recipients(): Recipients {
    const { state, submissions, commands, canaries } = this;
    return {
      requestRun: (request) =>
        this.hear(request, ({ submission, settles }) => {
          if (settles?.classShort) state.markShort(settles.class, Date.now());
          const grant = state.request(request);
          if (grant) submissions.grantAgain({ submission, ...grant });
        }),
      runSettled: (settlement) => this.hear(settlement, () => state.settle(settlement)),
      submissionFinished: (report) => this.hear(report, () => this.close(report)),
      heldRun: (report) =>
        this.hear(report, ({ submission }) => {
          if (state.restoreRun(report)) submissions.hasStarted(submission);
          this.unreported.delete(submission);
        }),
      stuck: (report) => this.hear(report, () => canaries.takeStuck(report) || state.reportStuck(report)),
      canaryEnded: (report) => {
        canaries.take(report);
        this.wake();
      },
      command: (command) => commands.take(command),
      ask: (command) => commands.ask(command),
      check: (command) => commands.check(command),
    };
  }

  /** Decides after every message and every tick until every round is final. */
  async run(): Promise<void> {
    const ticking = new CancellationScope();
    const ticks = ticking.run(() => this.keepTicking());
    while (!this.isFinished()) {
      this.changed = false;
      await this.commands.work(this.unreported.size === 0);
      if (this.mustContinueAsNew()) await this.continueAsNew();
      else {
        await this.carryOut();
        await condition(() => this.changed || this.isFinished());
      }
    }
    ticking.cancel();
    await ticks;
    // Needs no patch: nothing is pending when the loop ends, and the cancelled tick resolves within the same workflow task, so
    // that older histories have no message in between. A refusal noted here is newer than they are.
    await this.commands.finish();
    this.show();
  }

  /** Whether no message arrived while the results were published, every update has its reply, and all that was refused is noted. */
  async isOver(): Promise<boolean> {
    // Once: a stranger who forges every publication must not keep the campaign from its end.
    if (refusals.hasNew && !this.hasNotedForgery && patched(forgedPublication)) {
      this.hasNotedForgery = true;
      this.commands.noteRefusals();
    }
    await condition(() => !this.isFinished() || allHandlersFinished());
    return this.isFinished();
  }

  private isFinished(): boolean {
    const { state, commands, submissions } = this;
    return isDone(state) && state.canaries.running.length === 0 && commands.isIdle && !submissions.isStarting;
  }

  private async carryOut(): Promise<void> {
    const unproven = patched(limitsUnproven) ? equalFaults : Infinity;
    const needCanaries = patched(canaryPerClass);
    const { perTeamInFlight } = this.opened.frozen.fairness;
    const areInTurn = patched(inTurn);
    const limits = {
      ...limitsOf(this.state, perTeamInFlight),
      unproven,
      ...(needCanaries && { needCanaries }),
      ...(areInTurn && { inTurn: { canaryCosts: this.canaries.worst } }),
      ...(patched(rescoresAlways) && { rescores: true as const }),
    };
    const decisions = this.unreported.size > 0 ? [] : decide(this.state, limits, Date.now());
    for (const [submission, stuck] of takeGivenUp(this.state, Date.now())) this.submissions.giveUp(submission, stuck);
    await this.submissions.carryOut(decisions);
    if (needCanaries && this.unreported.size === 0) await this.canaries.carryOut();
    if (decisions.length > 0) this.wake();
    this.show();
  }

  private mustContinueAsNew(): boolean {
    return this.unreported.size === 0 && !this.submissions.isStarting && isHistoryLong();
  }

  /** Decides nothing more, so no flood delays it; what messages ask for is in the state. Waits for sending and for replies. */
  private async continueAsNew(): Promise<void> {
    await this.submissions.carryOut([]);
    await condition(() => this.changed || allHandlersFinished());
    if (!this.submissions.isIdle || this.commands.hasSenderWaiting || !allHandlersFinished()) return;
    await continueCampaignAsNew(this.name, this.opened.frozen, this.state, this.commands.carried());
  }

  private wake(): void {
    this.changed = true;
  }

  private hear<Message extends { submission: string }>(message: Message, take: (message: Message) => void): void {
    this.submissions.heardFrom(message.submission);
    take(message);
    this.wake();
  }

  private close(report: SubmissionReport): void {
    this.state.finish(report);
    this.unreported.delete(report.submission);
  }

  /** Shows the campaign on its page in the Web UI. */
  private show(): void {
    setCurrentDetails(campaignDetails(this.progress()));
  }

  private progress(): CampaignProgress {
    return progressOf(this.name, this.state, this.forecast, Date.now());
  }

  /** Lost reports, short classes, the deadline and the forecast change without a message. */
  private async keepTicking(): Promise<void> {
    try {
      for (;;) {
        await sleep(this.opened.timings.reconcile, { summary: 'next check for lost reports' });
        for (const report of await lostReports(this.name, this.state, this.submissions.silent())) this.close(report);
        this.canaries.tick();
        this.ticks += 1;
        if (this.ticks >= ticksForReports && this.unreported.size > 0) {
          log.warn('continues without the reports of some submissions', { unreported: this.unreported.size });
          this.unreported.clear();
        }
        this.updateForecast();
        this.commands.noteRefusals();
        this.wake();
      }
    } catch (error) {
      if (!CancellationScope.current().consideredCancelled) throw error;
    }
  }

  /** There is no forecast while the platform blocks the campaign. */
  private forecastNow(): Forecast | null {
    if (blockedReasonOf(this.state, Date.now()) === 'platform') return null;
    const { instanceClasses, fairness } = this.opened.frozen;
    return forecastOf(this.state, instanceClasses, Date.now(), fairness.perTeamInFlight);
  }

  private updateForecast(): void {
    this.forecast = this.forecastNow();
    const deadlineAtRisk = isDeadlineAtRisk(this.state, this.forecast);
    if (deadlineAtRisk === this.state.deadlineAtRisk) return;
    this.state.set({ deadlineAtRisk });
    this.commands.note(
      deadlineAtRisk
        ? 'deadline at risk: faster classes are granted'
        : 'deadline no longer at risk: the forecast meets it with the cheapest classes',
    );
  }
}
