import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { costOfRuns, dollars } from '../campaign/money.ts';
import type { RunRecord } from '../campaign/protocol.ts';
import type { Reason, SubmissionState } from '../campaign/reasons.ts';
import { searchAttributes } from './search-attributes.ts';

/** What a submission's page in the Web UI shows, and its runs. Holds no word that the submission itself printed. */
export class CaseFile {
  readonly runs: RunRecord[] = [];
  private stage: SubmissionState = 'preparing';
  private note = '';
  private learnt = '';
  private choice: readonly string[] = [];

  constructor(
    private readonly submission: string,
    private readonly team: string,
  ) {
    this.show();
  }

  get costMicroUsd(): number {
    return costOfRuns(this.runs);
  }

  /** Enters a stage; `note` says what is going on, e.g. which classes were asked for. */
  enter(stage: SubmissionState, note = '', onClass?: string): void {
    this.stage = stage;
    this.note = note;
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

  /** Enters the final state. */
  close(state: SubmissionState, reason: Reason | null, detail: string | null): void {
    this.stage = state;
    this.note = [reason, detail].filter((part) => part !== null).join(': ');
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
    const rows = this.runs.map(
      (run) =>
        `| ${run.n} | ${run.purpose} | ${run.class} | ${run.reason ?? 'succeeded'} | ${run.billedSeconds} s | ${dollars(run.costMicroUsd)} |`,
    );
    setCurrentDetails(
      [
        `**${this.submission}** of **${this.team}** is **${this.stage}**${this.note && ` (${this.note})`}`,
        '',
        '| run | purpose | class | end | billed | cost |',
        '| --- | --- | --- | --- | --- | --- |',
        ...rows,
        '',
        `Total ${dollars(this.costMicroUsd)}`,
        ...(this.learnt === '' ? [] : ['', `Probe: ${this.learnt}`]),
        ...(this.choice.length === 0 ? [] : ['', 'Classes for the evaluation:', '']),
        ...this.choice.map((line) => `- ${line}`),
      ].join('\n'),
    );
  }
}
