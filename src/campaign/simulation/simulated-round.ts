import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { RunRequest, RunSettlement, SubmissionReport } from '../model/messages.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import { EvaluationStateMachine, type EvaluationStep } from '../evaluation/evaluation-state-machine.ts';
import type { RunRules, SimulatedRunResult } from './simulated-run-result.ts';

/** The next message of a submission to its campaign: a run request, or the report of its end with the last settlement. */
export type RoundMessage =
  { kind: 'request'; request: RunRequest } | { kind: 'report'; settles?: RunSettlement; report: SubmissionReport };

/** One round of a submission: sends its campaign the same messages as the submission workflow, without passing time. */
export class SimulatedRound {
  private readonly evaluation: EvaluationStateMachine;
  private request: RunRequest | undefined;
  private evaluations = 0;
  private costMicroUsd = 0;

  constructor(
    { instanceClasses: classes, limits, testSet, sampleSet }: RunRules,
    private readonly submission: string,
  ) {
    this.evaluation = new EvaluationStateMachine({
      classes,
      limits,
      testItems: testSet.items,
      sampleItems: sampleSet?.items ?? null,
    });
  }

  /** Begins once the image is available. */
  begin(skipProbe: boolean): RoundMessage {
    return this.messageFor(this.evaluation.begin(skipProbe));
  }

  /** The campaign grants no further run. */
  refused(reason: Reason): RoundMessage {
    return this.messageFor(this.evaluation.afterRefusal(reason));
  }

  runEnded(instanceClass: InstanceClass, result: SimulatedRunResult): RoundMessage {
    if (this.request === undefined) throw new RangeError(`${this.submission} has requested no run`);
    const { submission, n, purpose, rerun } = this.request;
    const { reason, billedSeconds, costMicroUsd } = result;
    this.costMicroUsd += costMicroUsd;
    const settled = { submission, n, purpose, rerun, class: instanceClass.name, billedSeconds, costMicroUsd };
    return this.messageFor(this.evaluation.afterRun(instanceClass, result), { ...settled, ...(reason && { reason }) });
  }

  private messageFor(step: EvaluationStep, settles?: RunSettlement): RoundMessage {
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

  private report(reason: Reason | null, settles?: RunSettlement): RoundMessage {
    const unscored = reason !== null && responsibleParty(reason) === 'operator' ? 'cancelled' : 'failed';
    const report: SubmissionReport = {
      submission: this.submission,
      sequence: 1,
      state: reason === null ? 'finished' : unscored,
      ...(reason && { reason }),
      costMicroUsd: this.costMicroUsd,
    };
    return { kind: 'report', report, ...(settles && { settles }) };
  }
}
