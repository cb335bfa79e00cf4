import { evaluationOptions, probeOptions } from './class-choice.ts';
import type { InstanceClass, Purpose } from '../model/frozen-campaign.ts';
import {
  afterFailedProbe,
  reasonWithoutClassLeft,
  nextAfterFailure,
  noRetries,
  type FailedRun,
  type RetryRules,
  type RetryCounts,
} from './retry-policy.ts';
import { isNeedMeasured, unknownNeeds, type Needs } from './needs.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import type { ResourceProfile } from './resource-profile.ts';
import type { RunOption } from '../model/run-option.ts';

/** The next run of a submission. */
export interface WantedRun {
  purpose: Purpose;
  /** Possible classes, the best first. */
  options: RunOption[];
  /** A probe measured its need for GPU memory. */
  needMeasured: boolean;
  /** Raises the limit of shared memory to the memory limit. */
  moreSharedMemory: boolean;
}

/**
 * The next step of a submission: a run, the scoring of the last run, or an end without a score. `ifPlatformWide`: the run that
 * replaces the end if the platform fault that used up its runs affects other submissions too.
 */
export type EvaluationStep =
  | ({ kind: 'run' } & WantedRun)
  | { kind: 'score' }
  | { kind: 'end'; reason: Reason; detail: string | null; ifPlatformWide?: { kind: 'run' } & WantedRun };

interface EvaluationRules extends RetryRules {
  /** Null: there is no sample set, so no submission is probed. */
  sampleItems: number | null;
}

/** How a run ended. */
export type RunResult = Pick<FailedRun, 'rule' | 'memoryLimitMiB'> & {
  /** Null when the run succeeded. */
  reason: Reason | null;
  /** Cause of a platform fault; equal for equal faults. */
  cause?: string;
  /** Measured by a successful probe. */
  profile?: ResourceProfile;
};

/**
 * One round of a submission: a probe measures its needs, then it runs on the cheapest suitable class and, by the retry policy,
 * on larger ones until it is scored or has failed.
 */
export class EvaluationStateMachine {
  private known: Needs = unknownNeeds;
  private counts: RetryCounts = noRetries;
  private purpose: Purpose = 'evaluation';
  private last: Reason = 'gpu-out-of-memory';

  constructor(private readonly rules: EvaluationRules) {}

  get needs(): Needs {
    return this.known;
  }

  /** The first step, once the image is available. */
  begin(isProbeUseless: boolean): EvaluationStep {
    return this.rules.sampleItems === null || isProbeUseless ? this.evaluation() : this.probe();
  }

  /** The step after the campaign refused a run. A failure that was being retried becomes final. */
  afterRefusal(reason: Reason): EvaluationStep {
    return end(this.counts.doubted ? this.last : reason);
  }

  /** The step after a run ended on a class. */
  afterRun(instanceClass: InstanceClass, run: RunResult): EvaluationStep {
    // An operator ended the run, not the submission: cancelled submissions request no runs.
    if (run.reason === 'cancelled') return this.purpose === 'probe' ? this.probe() : this.evaluation();
    return this.purpose === 'probe' ? this.afterProbe(instanceClass, run) : this.afterEvaluation(instanceClass, run);
  }

  /** A failed probe does not fail the submission. */
  private afterProbe(instanceClass: InstanceClass, { profile, ...run }: RunResult): EvaluationStep {
    const { reason } = run;
    if (reason !== null) {
      const failed = { ...run, reason, instanceClass };
      if (responsibleParty(reason) === 'platform') {
        return this.finalAfter(failed, () => this.probe()) ?? this.probe();
      }
      this.known = afterFailedProbe(failed, this.known);
    }
    if (profile) this.known = { ...this.known, profile };
    return this.evaluation();
  }

  private afterEvaluation(instanceClass: InstanceClass, run: RunResult): EvaluationStep {
    const { reason } = run;
    if (reason === null) return { kind: 'score' };
    this.last = reason;
    return this.finalAfter({ ...run, reason, instanceClass }, () => this.evaluation()) ?? this.evaluation();
  }

  /** Learns from a failed run. Returns the end if that was the last run. `again` makes the step for another run. */
  private finalAfter(failed: FailedRun & { cause?: string }, again: () => EvaluationStep): EvaluationStep | undefined {
    const next = nextAfterFailure(failed, this.known, this.counts, this.rules);
    if (next.kind === 'end') {
      const run = failed.cause === undefined ? undefined : again();
      return { ...end(next.reason), ...(run?.kind === 'run' && { ifPlatformWide: run }) };
    }
    this.known = next.needs;
    this.counts = next.counts;
    return undefined;
  }

  private probe(): EvaluationStep {
    return this.run('probe', probeOptions(this.rules));
  }

  private evaluation(): EvaluationStep {
    const options = evaluationOptions(this.rules, this.known, this.rules.testItems);
    return options.length === 0
      ? end(reasonWithoutClassLeft(this.last), 'no class is larger')
      : this.run('evaluation', options);
  }

  private run(purpose: Purpose, options: RunOption[]): EvaluationStep {
    this.purpose = purpose;
    const needMeasured = purpose === 'evaluation' && isNeedMeasured(this.known);
    return { kind: 'run', purpose, options, needMeasured, moreSharedMemory: this.known.moreSharedMemory };
  }
}

const end = (reason: Reason, detail: string | null = null): EvaluationStep => ({ kind: 'end', reason, detail });
