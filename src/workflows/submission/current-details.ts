import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { submissionDetails } from '../../campaign/explanation/submission-details.ts';
import { costOfRuns } from '../../campaign/model/money.ts';
import type { FaultSummary } from '../../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import type { Reason, SubmissionState } from '../../campaign/model/reasons.ts';
import { stageQuery, type Stage } from '../messages.ts';
import { searchAttributes } from '../search-attributes.ts';

/** The content of a submission's page in the Web UI, and its runs. Contains no text that the submission printed. */
export class CurrentDetails {
  readonly runs: RunRecord[] = [];
  private now: Stage = { stage: 'preparing', note: '', since: Date.now() };
  private reason: Reason | null = null;
  private faults: FaultSummary | undefined;
  private withheld: readonly string[] = [];
  private probe = '';
  private choice: readonly string[] = [];

  constructor(
    private readonly submission: string,
    private readonly team: string,
  ) {
    setHandler(stageQuery, () => this.now);
    this.show();
  }

  get costMicroUsd(): number {
    return costOfRuns(this.runs);
  }

  /** A job that no worker could stop and that may still be running; null: none. */
  get leftBehind(): string | null {
    return this.runs.findLast(({ reason, cause }) => reason === 'cancelled' && cause !== undefined)?.cause ?? null;
  }

  /** Enters a stage; `note` describes it, `instanceClass` is the class of the run or of its request. */
  enter(stage: SubmissionState, note = '', instanceClass?: string): void {
    this.now = { stage, note, since: Date.now() };
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      ...(instanceClass === undefined ? [] : [{ key: searchAttributes.class, value: instanceClass }]),
    ]);
    this.show();
  }

  /** Sets what the probe measured, or why there is none. */
  describeProbe(text: string): void {
    this.probe = text;
    this.show();
  }

  /** Sets the parts of the image's configuration that its container does not get; shown with a failure. */
  setWithheld(withheld: readonly string[]): void {
    this.withheld = withheld;
  }

  /** Enters the final state. */
  close(state: SubmissionState, reason: Reason | null, detail: string | null, faults?: FaultSummary): void {
    this.now = { stage: state, note: detail ?? '', since: Date.now() };
    this.reason = reason;
    this.faults = faults;
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: state },
      { key: searchAttributes.outcome, value: reason ?? state },
      { key: searchAttributes.runs, value: this.runs.length },
      { key: searchAttributes.costUsd, value: this.costMicroUsd / 1_000_000 },
    ]);
    this.show();
  }

  /** Sets why each class fits the next evaluation or not; shown from the next stage on. */
  setChoice(choice: readonly string[]): void {
    this.choice = choice;
  }

  add(run: RunRecord): void {
    this.runs.push(run);
    this.show();
  }

  private show(): void {
    const { submission, team, runs, reason, faults, withheld, probe, choice } = this;
    const { stage, note, since } = this.now;
    setCurrentDetails(
      submissionDetails({
        submission,
        team,
        stage,
        note,
        since,
        reason,
        faults,
        withheld,
        runs,
        learnt: probe,
        choice,
      }),
    );
  }
}
