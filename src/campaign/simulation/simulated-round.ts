import { evaluationOptions, optionOn, probeClass } from '../class-choice.ts';
import type { InstanceClass, Purpose } from '../frozen-campaign.ts';
import { afterFailedProbe, endOfLadder, moveAfter, noTries, type LadderRules, type Tries } from '../ladder.ts';
import { isNeedMeasured, unknownNeeds, type Needs } from '../needs.ts';
import type { RunRequest, RunSettlement, SubmissionReport } from '../protocol.ts';
import { faultOf, type Reason } from '../reasons.ts';
import { wallClockSeconds } from '../run-limits.ts';
import type { RunRules, SimulatedEnd } from './simulated-end.ts';

/** What a submission does next: asks for a run, or reports its end once its last run is settled. */
export type NextStep =
  { kind: 'request'; request: RunRequest } | { kind: 'report'; settles?: RunSettlement; report: SubmissionReport };

/** A submission's way through its evaluation, as its workflow goes it, without time. */
export class SimulatedRound {
  private n = 0;
  private purpose: Purpose = 'evaluation';
  private evaluations = 0;
  private cost = 0;
  private needs: Needs = unknownNeeds;
  private tries: Tries = noTries;
  private lastReason: Reason = 'gpu-out-of-memory';

  private readonly rules: LadderRules;

  constructor(
    private readonly frozen: RunRules,
    private readonly submission: string,
  ) {
    const { instanceClasses: classes, limits, testSet } = frozen;
    this.rules = { classes, limits, testItems: testSet.items };
  }

  /** Its image is there: the probe if there is one and it may teach something, else the first evaluation. */
  begin(probeInVain: boolean): NextStep {
    return this.frozen.sampleSet === undefined || probeInVain ? this.evaluate() : this.probe();
  }

  /** The campaign will grant no run any more: what was only doubted stands. */
  refused(reason: Reason): NextStep {
    return this.end(this.tries.doubted ? this.lastReason : reason);
  }

  runEnded(on: InstanceClass, end: SimulatedEnd): NextStep {
    const { reason, billedSeconds, costMicroUsd } = end;
    this.cost += costMicroUsd;
    const settles: RunSettlement = {
      submission: this.submission,
      n: this.n,
      purpose: this.purpose,
      rerun: this.evaluations > 1,
      class: on.name,
      billedSeconds,
      costMicroUsd,
      ...(reason && { reason }),
    };
    return this.purpose === 'probe' ? this.afterProbe(on, end, settles) : this.afterEvaluation(on, end, settles);
  }

  private afterProbe(on: InstanceClass, end: SimulatedEnd, settles: RunSettlement): NextStep {
    const { reason, profile } = end;
    if (reason !== null && faultOf(reason) === 'platform') {
      const final = this.move(on, end, reason);
      return final ? this.end(final, settles) : this.probe(settles);
    }
    if (reason !== null) this.needs = afterFailedProbe({ ...end, reason, on }, this.needs);
    if (profile) this.needs = { ...this.needs, profile };
    return this.evaluate(settles);
  }

  private afterEvaluation(on: InstanceClass, end: SimulatedEnd, settles: RunSettlement): NextStep {
    if (end.reason === null) return this.end(null, settles);
    const final = this.move(on, end, end.reason);
    return final ? this.end(final, settles) : this.evaluate(settles);
  }

  /** Learns from a failed run; answers the reason when it was the last. */
  private move(on: InstanceClass, { rule, memoryLimitMiB }: SimulatedEnd, reason: Reason): Reason | undefined {
    const move = moveAfter({ reason, rule, memoryLimitMiB, on }, this.needs, this.tries, this.rules);
    if (move.kind === 'end') return move.reason;
    this.lastReason = reason;
    this.needs = move.needs;
    this.tries = move.tries;
    return undefined;
  }

  private probe(settles?: RunSettlement): NextStep {
    const { classes, limits } = this.rules;
    const on = probeClass(classes);
    return this.request('probe', [optionOn(this.rules, on, wallClockSeconds(limits, on, classes))], settles);
  }

  private evaluate(settles?: RunSettlement): NextStep {
    const options = evaluationOptions(this.rules, this.needs, this.rules.testItems);
    if (options.length === 0) return this.end(endOfLadder(this.lastReason), settles);
    this.evaluations += 1;
    return this.request('evaluation', options, settles);
  }

  private request(purpose: Purpose, options: RunRequest['options'], settles?: RunSettlement): NextStep {
    this.n += 1;
    this.purpose = purpose;
    const { submission, n } = this;
    const rerun = this.evaluations > 1;
    const isMeasured = purpose === 'evaluation' && isNeedMeasured(this.needs);
    const request: RunRequest = {
      submission,
      n,
      purpose,
      rerun,
      options,
      ...(isMeasured && { needMeasured: true }),
      ...(settles && { settles }),
    };
    return { kind: 'request', request };
  }

  private end(reason: Reason | null, settles?: RunSettlement): NextStep {
    const failed = reason !== null && faultOf(reason) === 'operator' ? 'cancelled' : 'failed';
    const report: SubmissionReport = {
      submission: this.submission,
      sequence: 1,
      state: reason === null ? 'finished' : failed,
      ...(reason && { reason }),
      costMicroUsd: this.cost,
    };
    return { kind: 'report', report, ...(settles && { settles }) };
  }
}
