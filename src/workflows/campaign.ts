import {
  ActivityFailure,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  sleep,
  workflowInfo,
  CancellationScope,
} from '@temporalio/workflow';
import type { OpenedCampaign } from '../activities/open-campaign.ts';
import type { OpenCase } from '../activities/reconcile.ts';
import { closeSubmission, settleRun, takeRequest } from '../campaign/bookkeeping.ts';
import type { CampaignState } from '../campaign/campaign-state.ts';
import { initialState, limitsOf, restoredState } from '../campaign/initial-state.ts';
import type { SubmissionReport } from '../campaign/protocol.ts';
import { isDone, progressOf } from '../campaign/progress.ts';
import { decide } from '../campaign/scheduler.ts';
import { CampaignPage } from './campaign-page.ts';
import { Children } from './children.ts';
import { progressQuery, requestRunSignal, runSettledSignal, submissionFinishedSignal } from './messages.ts';
import { OperatorDesk } from './operator-desk.ts';
import { longStep, step } from './steps.ts';

export interface CampaignInput {
  campaign: string;
  /** The state at the end of the run before this one. */
  carried?: CampaignState;
}

/** A parent run ends well below the server's suggestion of 4,096 events. */
const mostEvents = 3_000;

/** How long a class that gave no machine counts as short, in ms. */
const shortFor = 30 * 60_000;

/** One campaign: starts submissions, decides who runs where, books what it costs, and publishes the results. */
export async function campaign(input: CampaignInput): Promise<{ leaderboard: string; results: string }> {
  const opened = await step('main', 'the frozen campaign').openCampaign(input);
  const state = input.carried ? restoredState(input.carried) : initialState(opened.frozen, opened.teams);
  await new Conductor(input.campaign, opened, state).run();
  return longStep('main', 'leaderboard and results').publishResults({
    campaign: input.campaign,
    rest: state.closing ?? null,
  });
}

class Conductor {
  private changed = true;
  private readonly children: Children;
  private readonly desk: OperatorDesk;
  private readonly page: CampaignPage;

  constructor(
    private readonly name: string,
    private readonly opened: OpenedCampaign,
    private readonly state: CampaignState,
  ) {
    const wake = (): void => {
      this.changed = true;
    };
    this.children = new Children(name, state);
    this.desk = new OperatorDesk(state, wake);
    this.page = new CampaignPage(name, state);
    this.takeReports(wake);
  }

  /** Decides again after every message and at every tick, until every submission is final. */
  async run(): Promise<void> {
    const ticking = new CancellationScope();
    const ticks = ticking.run(() => this.tick());
    while (!isDone(this.state)) {
      this.changed = false;
      await this.carryOut();
      if (isDone(this.state)) break;
      if (!this.changed && (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > mostEvents)) {
        await continueAsNew({ campaign: this.name, carried: this.state });
      }
      await condition(() => this.changed);
    }
    ticking.cancel();
    await ticks;
    this.page.show();
  }

  private async carryOut(): Promise<void> {
    const limits = limitsOf(this.state, this.opened.frozen.fairness.perTeamInFlight);
    const decisions = decide(this.state, limits, Date.now());
    const cancelled = [...this.desk.toCancel];
    this.desk.toCancel.clear();
    await this.children.carryOut(decisions);
    await this.children.cancel(cancelled);
    this.page.show();
  }

  private takeReports(wake: () => void): void {
    setHandler(requestRunSignal, (request) => {
      this.children.heardOf(request.submission);
      this.noteShortage(request.settles?.classShort && request.settles.class);
      const answered = takeRequest(this.state, request);
      if (answered) this.children.answerAgain(request.submission, answered);
      wake();
    });
    setHandler(runSettledSignal, (settlement) => {
      this.children.heardOf(settlement.submission);
      settleRun(this.state, settlement);
      wake();
    });
    setHandler(submissionFinishedSignal, (report) => {
      closeSubmission(this.state, report);
      wake();
    });
    setHandler(progressQuery, () => progressOf(this.name, this.state, Date.now()));
  }

  private noteShortage(onClass: string | undefined | false): void {
    if (onClass) this.state.shortUntil[onClass] = Date.now() + shortFor;
  }

  /** Lost reports, short classes and the deadline need no message to be noticed. */
  private async tick(): Promise<void> {
    try {
      for (;;) {
        await sleep(this.opened.timings.reconcile, { summary: 'look for lost reports' });
        const silent = this.children.silent();
        if (silent.length > 0) {
          for (const report of await this.lookAfter(silent)) closeSubmission(this.state, report);
        }
        this.changed = true;
      }
    } catch (error) {
      if (!CancellationScope.current().consideredCancelled) throw error;
    }
  }

  /** Trouble with one look must not stop the campaign: the next look comes. */
  private async lookAfter(open: OpenCase[]): Promise<SubmissionReport[]> {
    try {
      return await longStep('main', `look after ${open.length} silent submissions`).reconcile({
        campaign: this.name,
        open,
      });
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      log.warn('a look after silent submissions failed', { error });
      return [];
    }
  }
}
