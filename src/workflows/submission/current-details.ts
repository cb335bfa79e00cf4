import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { submissionDetails } from '../../campaign/explanation/submission-details.ts';
import { costOfRuns } from '../../campaign/model/money.ts';
import type { FaultSummary } from '../../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import type { Reason, SubmissionState } from '../../campaign/model/reasons.ts';
import { stageQuery, type Stage } from '../messages.ts';
import { searchAttributes } from '../search-attributes.ts';

/** What a submission's page in the Web UI shows, and its runs. Holds no word that the submission itself printed. */
export class CurrentDetails {
  readonly runs: RunRecord[] = [];
  private now: Stage = { stage: 'preparing', note: '', since: Date.now() };
  private reason: Reason | null = null;
  private faults: FaultSummary | undefined;
  private withheld: readonly string[] = [];
  private learnt = '';
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

  /** What may still run of a run that nobody could end; null: nothing. */
  get leftBehind(): string | null {
    return this.runs.findLast(({ reason, cause }) => reason === 'cancelled' && cause !== undefined)?.cause ?? null;
  }

  /** Enters a stage; `note` says what is going on, `onClass` where, or where it wants to. */
  enter(stage: SubmissionState, note = '', onClass?: string): void {
    this.now = { stage, note, since: Date.now() };
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      ...(onClass === undefined ? [] : [{ key: searchAttributes.class, value: onClass }]),
    ]);
    this.show();
  }

  /** Keeps what is known of the submission's needs. */
  learn(words: string): void {
    this.learnt = words;
    this.show();
  }

  /** Keeps what of the image's configuration its container does not get; shown with a failure. */
  withhold(withheld: readonly string[]): void {
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

  /** Says of each class whether the next evaluation may go there, and why not; shown from the next stage on. */
  explain(choice: readonly string[]): void {
    this.choice = choice;
  }

  add(run: RunRecord): void {
    this.runs.push(run);
    this.show();
  }

  private show(): void {
    const { submission, team, runs, reason, faults, withheld, learnt, choice } = this;
    const { stage, note, since } = this.now;
    setCurrentDetails(
      submissionDetails({ submission, team, stage, note, since, reason, faults, withheld, runs, learnt, choice }),
    );
  }
}
