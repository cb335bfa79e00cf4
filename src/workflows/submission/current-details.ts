import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { submissionDetails, type SubmissionContent } from '../../campaign/explanation/submission-details.ts';
import { Names } from '../../campaign/pseudonyms/names.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import type { Pseudonym } from '../../campaign/model/frozen-campaign.ts';
import { costOfRuns } from '../../campaign/model/money.ts';
import type { FaultSummary } from '../../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import type { Reason, SubmissionState } from '../../campaign/model/reasons.ts';
import { stageQuery } from '../signals-and-queries.ts';
import { refusals } from '../authentication/refusals.ts';
import { searchAttributes } from '../search-attributes.ts';

/** A submission, and what the Web UI shows in place of its names. */
interface ShownSubmission {
  campaign: string;
  submission: string;
  team: string;
  shownAs?: Pseudonym;
}

/** The content of a submission's page in the Web UI, and its runs. Contains no text that the submission printed. */
export class CurrentDetails {
  readonly runs: RunRecord[] = [];
  private readonly names: Names;
  private content: Omit<SubmissionContent, 'refused'>;

  constructor({ campaign, submission, team, shownAs }: ShownSubmission) {
    this.names = new Names(
      campaign,
      [{ submission, team, ...(shownAs && { pseudonym: shownAs }) }],
      shownAs !== undefined,
    );
    this.content = {
      submission,
      team,
      stage: 'preparing',
      note: '',
      since: Date.now(),
      reason: null,
      faults: undefined,
      withheld: [],
      scan: '',
      runs: this.runs,
      learnt: '',
      choice: [],
    };
    setHandler(stageQuery, () => {
      const { stage, note, since } = this.content;
      return { stage, note, since };
    });
    this.show({});
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
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      ...(instanceClass === undefined ? [] : [{ key: searchAttributes.class, value: instanceClass }]),
    ]);
    this.show({ stage, note, since: Date.now() });
  }

  /** Enters the final state. */
  close(stage: SubmissionState, reason: Reason | null, detail: string | null, faults?: FaultSummary): void {
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      { key: searchAttributes.outcome, value: reason ?? stage },
      { key: searchAttributes.runs, value: this.runs.length },
      { key: searchAttributes.costUsd, value: this.costMicroUsd / 1_000_000 },
    ]);
    this.show({ stage, note: detail ?? '', since: Date.now(), reason, faults });
  }

  add(run: RunRecord): void {
    this.runs.push(run);
    this.show({});
  }

  show(change: Partial<Omit<SubmissionContent, 'refused'>>): void {
    this.content = { ...this.content, ...change };
    setCurrentDetails(submissionDetails({ ...shown(this.content, this.names), refused: refusals.count }));
  }
}
