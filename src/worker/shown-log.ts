import { Names } from '../campaign/pseudonyms/names.ts';
import { subjectOf, submissionWorkflowId } from '../ids.ts';
import type { FrozenReader } from '../ledger/frozen-reader.ts';
import type { WorkflowRuns } from './workflow-runs.ts';

type Fields = Readonly<Record<string, unknown>>;
type Shown = (text: string) => string;

/**
 * The fields of a line of the worker's log as operators may read them. A line about a workflow or an activity gets the campaign
 * and the submission, or the class of the canary; also one that Temporal gives only the id of the workflow's run, if this process
 * has worked for it. Names of a campaign with pseudonyms are hidden, for ever, because a log cannot change. Until the worker has
 * read the campaign, such a line has no submission.
 */
export class ShownLog {
  private readonly known = new Map<string, { rows: object | undefined; names: Names }>();

  constructor(
    private readonly frozen: Pick<FrozenReader, 'known' | 'knownCampaigns'>,
    private readonly runs: WorkflowRuns,
  ) {}

  /** A task token contains the id of the workflow in base64. */
  fields({ taskToken: _token, ...fields }: Fields): Fields {
    const workflowId = fields['workflowId'] ?? this.runs.workflowOf(fields['runId']);
    const subject = typeof workflowId === 'string' ? subjectOf(workflowId) : undefined;
    if (subject === undefined) return shownFields(fields, (text) => this.shownAnywhere(text));
    const { campaign, submission } = subject;
    const names = this.namesOf(campaign);
    const shown = shownFields(fields, (text) => names?.text(text) ?? text);
    if (submission === undefined || names === undefined) return { ...shown, workflowId, ...subject };
    const pseudonym = names.submission(submission);
    return { ...shown, workflowId: submissionWorkflowId(campaign, pseudonym), ...subject, submission: pseudonym };
  }

  /** A text about no campaign that it says may have names of any. */
  private shownAnywhere(text: string): string {
    return this.frozen.knownCampaigns().reduce((shown, campaign) => this.namesOf(campaign)?.text(shown) ?? shown, text);
  }

  /** Undefined: names are shown. */
  private namesOf(campaign: string): Names | undefined {
    const { frozen, manifest } = this.frozen.known(campaign);
    if (frozen !== undefined && frozen.teamNames !== 'pseudonyms') return undefined;
    const known = this.known.get(campaign);
    if (known !== undefined && known.rows === manifest) return known.names;
    const rows = manifest?.teams.flatMap(({ submissions }) => submissions) ?? [];
    const ownWords = frozen?.instanceClasses.flatMap(({ name, queue }) => [name, queue]) ?? [];
    const names = new Names(campaign, rows, true, ownWords);
    this.known.set(campaign, { rows: manifest, names });
    return names;
  }
}

const shownFields = (fields: Fields, shown: Shown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, shownField(value, shown)]));

/** pino would write an error as an empty object. */
function shownField(value: unknown, shown: Shown): unknown {
  if (typeof value === 'string') return shown(value);
  if (!(value instanceof Error)) return value;
  const { name: type, message, stack = '', cause } = value;
  const why = cause === undefined ? {} : { cause: shownField(cause, shown) };
  return { type, message: shown(message), stack: shown(stack), ...why };
}
