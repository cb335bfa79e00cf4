import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { OpenedSubmission } from '../activities/open-submission.ts';
import type { PulledImage } from '../activities/pull-image.ts';
import { evaluationOptions, optionOn, probeClass } from '../campaign/class-choice.ts';
import { explainedChoice } from '../campaign/class-fit-text.ts';
import { afterFailedProbe, endOfLadder, moveAfter, noTries, type Tries } from '../campaign/ladder.ts';
import { isNeedMeasured, unknownNeeds, type Needs } from '../campaign/needs.ts';
import { probeWords } from '../campaign/probe-words.ts';
import { faultOf, type FinalState, type Reason } from '../campaign/reasons.ts';
import { wallClockSeconds } from '../campaign/run-limits.ts';
import type { RoundKind } from '../campaign/work-list.ts';
import { counted } from '../safe-text.ts';
import { CaseFile } from './case-file.ts';
import { RunPermits } from './run-permits.ts';
import { SubmissionRuns, type EndedRun } from './submission-runs.ts';
import { longStep, step } from './steps.ts';

export interface SubmissionInput {
  campaign: string;
  submission: string;
  team: string;
  /** Which round of the submission this is, and what it does. */
  sequence: number;
  kind: RoundKind;
}

interface SubmissionEnd {
  state: FinalState;
  reason: Reason | null;
  detail: string | null;
  score: { key: string; digest: string } | null;
}

type Image = Extract<PulledImage, { kind: 'pulled' }>;

/** One submission from its image to its record: pull, probe, run with fallback, score, record. */
export async function submission(input: SubmissionInput): Promise<FinalState> {
  const permits = new RunPermits(input);
  const opened = await CancellationScope.nonCancellable(() =>
    step('main', `what is known of ${input.submission}`).openSubmission(input),
  );
  if (opened.final) return recordAgain(opened.final);
  const caseFile = new CaseFile(input.submission, input.team);
  const review = new Review(input, opened, caseFile, permits);
  const end = await review.outcome();
  caseFile.close(end.state, end.reason, end.detail);
  await CancellationScope.nonCancellable(() =>
    step('main', `record: ${end.reason ?? end.state}`).recordResult({
      campaign: input.campaign,
      submission: input.submission,
      team: input.team,
      sequence: input.sequence,
      ...end,
      runs: caseFile.runs,
      image: review.image?.digest ?? opened.imageBefore,
    }),
  );
  return end.state;
}

/** The round is final already: the campaign only has to hear of it (again). */
async function recordAgain(final: NonNullable<OpenedSubmission['final']>): Promise<FinalState> {
  const caseFile = new CaseFile(final.submission, final.team);
  for (const run of final.runs) caseFile.add(run);
  caseFile.close(final.state, final.reason, final.detail);
  await step('main', `already recorded: ${final.reason ?? final.state}`).recordResult(final);
  return final.state;
}

/** The way of one submission through one round. */
class Review {
  image: Image | undefined;
  private needs: Needs = unknownNeeds;
  private tries: Tries = noTries;

  constructor(
    private readonly input: SubmissionInput,
    private readonly opened: OpenedSubmission,
    private readonly caseFile: CaseFile,
    private readonly permits: RunPermits,
  ) {}

  /** Every way to end is a value; what is thrown is a cancellation or trouble of the platform that retrying cannot mend. */
  async outcome(): Promise<SubmissionEnd> {
    try {
      return await this.walk();
    } catch (error) {
      if (isCancellation(error)) return ended('cancelled');
      if (error instanceof ActivityFailure) return ended('platform-error', `${error.activityType} failed for good`);
      throw error;
    }
  }

  private async walk(): Promise<SubmissionEnd> {
    if (this.input.kind === 'rescore') return this.rescore();
    const pulled = await longStep('images', `image of ${this.input.submission}`).pullImage(this.input);
    if (pulled.kind === 'refused') return ended('image-refused', pulled.why);
    this.image = pulled;
    const runs = new SubmissionRuns(this.input, this.opened, this.caseFile, pulled, this.permits);
    return (await this.probe(runs, pulled)) ?? (await this.evaluate(runs));
  }

  /** Learns what the submission needs. A failed probe is no failed submission: it only teaches less. */
  private async probe(runs: SubmissionRuns, { base, probeInVain }: Image): Promise<SubmissionEnd | undefined> {
    const { sampleItems, classes, limits } = this.opened;
    if (sampleItems === null) {
      this.caseFile.learn(
        'none, for the campaign has no sample set; every class that is large enough is thought to do.',
      );
      return undefined;
    }
    if (probeInVain) {
      this.caseFile.learn('none, for others on the same base image filled the device whatever they needed.');
      return undefined;
    }
    const on = probeClass(classes);
    const option = optionOn({ classes, limits }, on, wallClockSeconds(limits, on, classes));
    for (;;) {
      const run = await runs.run('probe', { options: [option] });
      if (run.kind === 'refused') return ended(run.reason);
      const { reason } = run.end;
      // An operator ended the run, not the submission; a cancelled submission cannot ask again.
      if (reason === 'cancelled') continue;
      if (reason !== null && faultOf(reason) === 'platform') {
        const end = this.after(run, reason);
        if (end) return end;
        continue;
      }
      await this.learnFrom(run, sampleItems, base);
      return undefined;
    }
  }

  private async learnFrom({ n, on, end }: EndedRun, items: number, base: string | null): Promise<void> {
    const { reason } = end;
    if (reason !== null) {
      this.needs = afterFailedProbe({ ...end, reason, on }, this.needs);
      this.caseFile.learn(`ended with ${reason}, which is all that is known.`);
      return;
    }
    const order = { ...this.input, n, class: on.name, items, base };
    const profile = await step('main', 'what the probe taught').probeGpuMemory(order);
    if (profile === null) return;
    this.needs = { ...this.needs, profile };
    this.caseFile.learn(probeWords(profile, on));
  }

  /** Runs on the cheapest class that carries it, and up the ladder, until it is scored or final. */
  private async evaluate(runs: SubmissionRuns): Promise<SubmissionEnd> {
    let last: Reason = 'gpu-out-of-memory';
    for (;;) {
      const { testItems } = this.opened;
      const options = evaluationOptions(this.opened, this.needs, testItems);
      if (options.length === 0) return ended(endOfLadder(last), 'no class is larger');
      this.caseFile.explain(explainedChoice(this.opened, this.needs, testItems));
      const run = await runs.run('evaluation', {
        options,
        needMeasured: isNeedMeasured(this.needs),
        moreSharedMemory: this.needs.moreSharedMemory,
      });
      // What was only doubted stands.
      if (run.kind === 'refused') return ended(this.tries.doubted ? last : run.reason);
      if (run.end.reason === null) return this.score(run.n, runs);
      if (run.end.reason === 'cancelled') continue;
      last = run.end.reason;
      const end = this.after(run, last);
      if (end) return end;
    }
  }

  private after(run: EndedRun, reason: Reason): SubmissionEnd | undefined {
    const { rule, memoryLimitMiB } = run.end;
    const failed = { reason, rule, memoryLimitMiB, on: run.on };
    const move = moveAfter(failed, this.needs, this.tries, this.opened);
    if (move.kind === 'end') return ended(move.reason);
    this.needs = move.needs;
    this.tries = move.tries;
    return undefined;
  }

  /** Scores the predictions of the last good run again; nothing runs. */
  private async rescore(): Promise<SubmissionEnd> {
    const { lastGoodRun } = this.opened;
    return lastGoodRun === null ? ended('output-missing', 'no run left predictions') : this.score(lastGoodRun);
  }

  private async score(n: number, runs?: SubmissionRuns): Promise<SubmissionEnd> {
    this.caseFile.enter('scoring');
    const { campaign, submission, sequence } = this.input;
    const [scored] = await Promise.all([
      longStep('score', `score run ${n}`).scoreOutput({ campaign, submission, n, sequence }),
      runs?.settle(),
    ]);
    const { key, digest } = scored;
    if (scored.kind === 'scored') return { state: 'finished', reason: null, detail: null, score: { key, digest } };
    const faults = `${counted(scored.faults, 'fault')} in the predictions`;
    return { ...ended('output-invalid', faults), score: { key, digest } };
  }
}

const ended = (reason: Reason, detail: string | null = null): SubmissionEnd => ({
  state: faultOf(reason) === 'operator' ? 'cancelled' : 'failed',
  reason,
  detail,
  score: null,
});
