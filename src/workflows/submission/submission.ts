import { ActivityFailure, CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { OpenedSubmission } from '../../activities/open-submission.ts';
import type { PulledImage } from '../../activities/pull-image.ts';
import { classFitLines } from '../../campaign/explanation/class-fit-text.ts';
import type { Pseudonym } from '../../campaign/model/frozen-campaign.ts';
import type { FaultSummary } from '../../campaign/model/prediction-faults.ts';
import { failedProbeText, noProbeTexts, probeText } from '../../campaign/explanation/probe-text.ts';
import { responsibleParty, type FinalState, type Reason } from '../../campaign/model/reasons.ts';
import {
  EvaluationStateMachine,
  type RunResult,
  type EvaluationStep,
} from '../../campaign/evaluation/evaluation-state-machine.ts';
import { shownWithheld } from '../../campaign/explanation/submission-details.ts';
import { counted } from '../../safe-text.ts';
import { causeOf } from '../jobs/follow-job.ts';
import { GivenUpError, InterruptibleSteps } from './interruptible-steps.ts';
import { CurrentDetails } from './current-details.ts';
import { RunGrants } from './run-grants.ts';
import { SubmissionRuns, type EndedRun, type SubmissionInput } from './submission-runs.ts';
import { withFinalFailures } from '../final-failure.ts';
import { imageActivities, scoreActivities, activities } from '../activity-proxies.ts';

interface RoundResult {
  state: FinalState;
  reason: Reason | null;
  detail: string | null;
  score: { key: string; digest: string } | null;
  faults?: FaultSummary;
}

type Image = Extract<PulledImage, { kind: 'pulled' }>;

/** One submission from its image to its record: pull, probe, run with fallback, score, record. */
export async function submission(input: SubmissionInput): Promise<FinalState> {
  return withFinalFailures(() => runSubmission(input));
}

async function runSubmission(input: SubmissionInput): Promise<FinalState> {
  const { continuedFromExecutionRunId: reopens } = workflowInfo();
  const grants = new RunGrants(input, reopens === undefined);
  const shownAs = input.shownAs ?? input;
  const opened = await CancellationScope.nonCancellable(() =>
    activities('main', `history of ${shownAs.submission}`).openSubmission({ ...input, ...(reopens && { reopens }) }),
  );
  const details = new CurrentDetails(input);
  if (opened.final) return recordAgain({ ...opened.final, ...(input.shownAs && { shownAs: input.shownAs }) }, details);
  const round = new Round(input, opened, details, grants);
  if (opened.reopened) await CancellationScope.nonCancellable(() => grants.reopen(round.runs.held));
  if (opened.reopened?.cancelled) CancellationScope.current().cancel();
  const outcome = await round.outcome();
  await CancellationScope.nonCancellable(() => round.runs.endRest());
  const end = { ...outcome, detail: outcome.detail ?? details.leftBehind };
  const { withheld } = round;
  details.close(end.state, end.reason, end.detail, end.faults);
  await CancellationScope.nonCancellable(() =>
    activities('main', `record: ${end.reason ?? end.state}`).recordResult({
      campaign: input.campaign,
      submission: input.submission,
      team: input.team,
      sequence: input.sequence,
      ...end,
      runs: details.runs,
      image: round.image?.digest ?? opened.imageBefore,
      ...(withheld.length > 0 && { withheld }),
      base: round.image?.base ?? null,
      ...(input.shownAs && { shownAs: input.shownAs }),
    }),
  );
  return end.state;
}

/** The round is final already: only reports it to the campaign again. */
async function recordAgain(
  final: NonNullable<OpenedSubmission['final']> & { shownAs?: Pseudonym },
  details: CurrentDetails,
): Promise<FinalState> {
  for (const run of final.runs) details.add(run);
  details.show({ withheld: final.withheld ?? [] });
  details.close(final.state, final.reason, final.detail, final.faults);
  await activities('main', `already recorded: ${final.reason ?? final.state}`).recordResult(final);
  return final.state;
}

/** One round of a submission, from its image to its score. */
class Round {
  image: Image | undefined;
  /** The parts of the image's configuration that its container does not get. */
  withheld: string[] = [];
  readonly runs: SubmissionRuns;
  private readonly steps: InterruptibleSteps;

  constructor(
    private readonly input: SubmissionInput,
    private readonly opened: OpenedSubmission,
    private readonly details: CurrentDetails,
    grants: RunGrants,
  ) {
    this.steps = new InterruptibleSteps((stuck) => grants.reportStuck(stuck));
    this.runs = new SubmissionRuns(input, opened, details, grants);
  }

  /** Every result is a value; cancellations and platform errors that retries cannot fix are caught here. */
  async outcome(): Promise<RoundResult> {
    try {
      return await (this.input.kind === 'rescore' ? this.rescore() : this.evaluate());
    } catch (error) {
      if (isCancellation(error)) return ended('cancelled');
      if (error instanceof GivenUpError) return ended('platform-error', `given up: ${error.message}`);
      if (error instanceof ActivityFailure)
        return ended('platform-error', `not retried: ${causeOf(error, this.input)}`);
      throw error;
    }
  }

  private async evaluate(): Promise<RoundResult> {
    const { input, opened, steps, runs } = this;
    const pulled = await steps.of(() =>
      imageActivities(`image of ${(input.shownAs ?? input).submission}`, opened.timings).pullImage(input),
    );
    if (pulled.kind === 'refused') return ended(pulled.byHost ? 'cancelled' : 'image-refused', pulled.why);
    this.image = pulled;
    this.withheld = shownWithheld(pulled.withheld ?? []);
    this.details.show({ withheld: this.withheld, scan: pulled.scan ?? '' });
    this.explainMissingProbe(pulled);
    const machine = new EvaluationStateMachine(this.opened);
    let next: EvaluationStep = machine.begin(pulled.probeInVain);
    for (;;) {
      const usedUp = next.kind === 'end' && next.ifPlatformWide !== undefined;
      if (next.kind === 'end' && next.ifPlatformWide) next = next.ifPlatformWide;
      if (next.kind !== 'run') break;
      if (next.purpose === 'evaluation') {
        this.details.show({ choice: classFitLines(this.opened, machine.needs, this.opened.testItems) });
      }
      const run = await runs.run(next, pulled, usedUp);
      if (run.kind === 'refused') next = machine.afterRefusal(run.reason);
      else if (next.purpose === 'probe')
        next = machine.afterRun(run.instanceClass, await this.withProfile(run, pulled.base));
      else next = machine.afterRun(run.instanceClass, run.end);
    }
    return next.kind === 'score' ? this.score(runs.newest) : ended(next.reason, next.detail);
  }

  private explainMissingProbe({ probeInVain }: Image): void {
    if (this.opened.sampleItems === null) {
      this.details.show({ learnt: noProbeTexts['no-sample-set'] });
    } else if (probeInVain) {
      this.details.show({ learnt: noProbeTexts['useless-on-base'] });
    }
  }

  /** The end of a probe, with the resource profile that it measured. */
  private async withProfile({ n, instanceClass, end }: EndedRun, base: string | null): Promise<RunResult> {
    if (end.reason !== null) {
      if (responsibleParty(end.reason) === 'team') {
        this.details.show({ learnt: failedProbeText(end.reason) });
      }
      return end;
    }
    const order = { ...this.input, n, class: instanceClass.name, base };
    const profile = await this.steps.of(() =>
      activities('main', 'resource profile of the probe').probeGpuMemory(order),
    );
    if (profile === null) return end;
    this.details.show({ learnt: probeText(profile, instanceClass) });
    return { ...end, profile };
  }

  /** Scores the predictions of the last good run again, without a new run. */
  private async rescore(): Promise<RoundResult> {
    const { lastGoodRun } = this.opened;
    return lastGoodRun === null ? ended('output-missing', 'no run has left predictions') : this.score(lastGoodRun);
  }

  private async score(n: number): Promise<RoundResult> {
    this.details.enter('scoring', `the predictions of run ${n}`);
    const { campaign, submission, sequence, shownAs } = this.input;
    const round = { campaign, submission, n, sequence, ...(shownAs && { shownAs }) };
    const [scored] = await Promise.all([
      this.steps.of(() => scoreActivities(`score run ${n}`, this.opened.timings).scoreOutput(round)),
      this.runs.settle(),
    ]);
    const { key, digest } = scored;
    if (scored.kind === 'scored') return { state: 'finished', reason: null, detail: null, score: { key, digest } };
    const detail = `${counted(scored.faults, 'fault')} in the predictions`;
    return { ...ended('output-invalid', detail), score: { key, digest }, faults: scored.summary };
  }
}

const ended = (reason: Reason, detail: string | null = null): RoundResult => ({
  state: responsibleParty(reason) === 'operator' ? 'cancelled' : 'failed',
  reason,
  detail,
  score: null,
});
