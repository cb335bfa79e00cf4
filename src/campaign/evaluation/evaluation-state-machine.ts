import { evaluationOptions, optionOn, probeClass } from './class-choice.ts';
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
import { wallClockSeconds } from '../model/run-limits.ts';
import type { RunOption } from '../model/run-option.ts';

/** What a submission wants to run next. */
export interface WantedRun {
  purpose: Purpose;
  /** Where it could go, the best first. */
  options: RunOption[];
  /** A probe measured how much device memory it takes. */
  needMeasured: boolean;
  /** As much shared memory as it has memory. */
  moreSharedMemory: boolean;
}

/**
 * What comes next for a submission: a run, the score of the run that ended, or an end without a score. `ifEverybodys`: the
 * run that it has instead of its end if the platform's fault that used up its runs is not its alone.
 */
export type EvaluationStep =
  | ({ kind: 'run' } & WantedRun)
  | { kind: 'score' }
  | { kind: 'end'; reason: Reason; detail: string | null; ifPlatformWide?: { kind: 'run' } & WantedRun };

export interface EvaluationRules extends RetryRules {
  /** Null: there is no sample set and nothing is probed. */
  sampleItems: number | null;
}

/** How a run ended. */
export type RunResult = Pick<FailedRun, 'rule' | 'memoryLimitMiB'> & {
  /** Null when it ended well. */
  reason: Reason | null;
  /** Of a platform's fault: what it was. */
  cause?: string;
  /** What a probe that ended well taught. */
  profile?: ResourceProfile;
};

/**
 * The way of one submission through one round: a probe that learns what it needs, then the cheapest class that carries it,
 * and up the ladder until it is scored or final. Pure.
 */
export class EvaluationStateMachine {
  private known: Needs = unknownNeeds;
  private counts: RetryCounts = noRetries;
  private purpose: Purpose = 'evaluation';
  private last: Reason = 'gpu-out-of-memory';

  constructor(private readonly rules: EvaluationRules) {}

  /** What is known of the submission by now. */
  get needs(): Needs {
    return this.known;
  }

  /** The first step, when its image is there. */
  begin(probeInVain: boolean): EvaluationStep {
    return this.rules.sampleItems === null || probeInVain ? this.evaluation() : this.probe();
  }

  /** The campaign will grant no run any more: what was only doubted stands. */
  afterRefusal(reason: Reason): EvaluationStep {
    return end(this.counts.doubted ? this.last : reason);
  }

  /** The run that was wanted has ended on a class. */
  afterRun(instanceClass: InstanceClass, run: RunResult): EvaluationStep {
    // An operator ended the run, not the submission; a cancelled submission cannot ask again.
    if (run.reason === 'cancelled') return this.purpose === 'probe' ? this.probe() : this.evaluation();
    return this.purpose === 'probe' ? this.afterProbe(instanceClass, run) : this.afterEvaluation(instanceClass, run);
  }

  /** A failed probe is no failed submission: it only teaches less. */
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

  /** Learns from a failed run; answers the end when it was the last. `again`: the same run once more. */
  private finalAfter(failed: FailedRun & { cause?: string }, again: () => EvaluationStep): EvaluationStep | undefined {
    const move = nextAfterFailure(failed, this.known, this.counts, this.rules);
    if (move.kind === 'end') {
      const run = failed.cause === undefined ? undefined : again();
      return { ...end(move.reason), ...(run?.kind === 'run' && { ifPlatformWide: run }) };
    }
    this.known = move.needs;
    this.counts = move.counts;
    return undefined;
  }

  private probe(): EvaluationStep {
    const { classes, limits } = this.rules;
    const instanceClass = probeClass(classes);
    return this.run('probe', [optionOn(this.rules, instanceClass, wallClockSeconds(limits, instanceClass, classes))]);
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
