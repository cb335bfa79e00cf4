import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { RunRequest, RunSettlement, SubmissionReport } from '../model/messages.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import { EvaluationStateMachine, type EvaluationStep } from '../evaluation/evaluation-state-machine.ts';
import type { RunRules, SimulatedEnd } from './simulated-end.ts';

/** What a submission tells its campaign next: it asks for a run, or reports its end once its last run is settled. */
export type NextStep =
  { kind: 'request'; request: RunRequest } | { kind: 'report'; settles?: RunSettlement; report: SubmissionReport };

/** What a submission says to its campaign on its way through its evaluation, as its workflow does, without time. */
export class SimulatedRound {
  private readonly way: EvaluationStateMachine;
  private request: RunRequest | undefined;
  private evaluations = 0;
  private cost = 0;

  constructor(
    { instanceClasses: classes, limits, testSet, sampleSet }: RunRules,
    private readonly submission: string,
  ) {
    this.way = new EvaluationStateMachine({
      classes,
      limits,
      testItems: testSet.items,
      sampleItems: sampleSet?.items ?? null,
    });
  }

  /** Its image is there. */
  begin(probeInVain: boolean): NextStep {
    return this.tell(this.way.begin(probeInVain));
  }

  /** The campaign will grant no run any more. */
  refused(reason: Reason): NextStep {
    return this.tell(this.way.afterRefusal(reason));
  }

  runEnded(on: InstanceClass, end: SimulatedEnd): NextStep {
    if (this.request === undefined) throw new RangeError(`${this.submission} asked for no run`);
    const { submission, n, purpose, rerun } = this.request;
    const { reason, billedSeconds, costMicroUsd } = end;
    this.cost += costMicroUsd;
    const settled = { submission, n, purpose, rerun, class: on.name, billedSeconds, costMicroUsd };
    return this.tell(this.way.afterRun(on, end), { ...settled, ...(reason && { reason }) });
  }

  private tell(step: EvaluationStep, settles?: RunSettlement): NextStep {
    if (step.kind !== 'run') return this.report(step.kind === 'end' ? step.reason : null, settles);
    const { purpose, options, needMeasured } = step;
    const rerun = purpose === 'evaluation' && this.evaluations > 0;
    if (purpose === 'evaluation') this.evaluations += 1;
    this.request = {
      submission: this.submission,
      n: (this.request?.n ?? 0) + 1,
      purpose,
      rerun,
      options,
      ...(needMeasured && { needMeasured }),
      ...(settles && { settles }),
    };
    return { kind: 'request', request: this.request };
  }

  private report(reason: Reason | null, settles?: RunSettlement): NextStep {
    const failed = reason !== null && responsibleParty(reason) === 'operator' ? 'cancelled' : 'failed';
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
