import { Names } from '../campaign/pseudonyms/names.ts';
import { campaignOf, submissionWorkflowId } from '../ids.ts';
import type { FrozenReader } from '../ledger/frozen-reader.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a line of the worker's log as operators may read them: names of a campaign with pseudonyms are hidden, for ever,
 * because a log cannot change. Until the worker has read the campaign, the workflow's id has no submission.
 */
export class ShownLog {
  private known: { campaign: string; rows: object | undefined; names: Names } | undefined;

  constructor(private readonly frozen: Pick<FrozenReader, 'known'>) {}

  fields(fields: Fields): Fields {
    const { workflowId } = fields;
    const campaign = typeof workflowId === 'string' ? campaignOf(workflowId) : undefined;
    if (typeof workflowId !== 'string' || campaign === undefined) return fields;
    const names = this.namesOf(campaign);
    if (names === undefined) return fields;
    const shown = Object.entries(fields).map(([key, value]) => [key, shownField(value, names)]);
    return { ...(Object.fromEntries(shown) as Fields), workflowId: shownId(workflowId, campaign, names) };
  }

  /** Undefined: names are shown. */
  private namesOf(campaign: string): Names | undefined {
    const { frozen, manifest } = this.frozen.known(campaign);
    if (frozen !== undefined && frozen.teamNames !== 'pseudonyms') return undefined;
    if (this.known?.campaign !== campaign || this.known.rows !== manifest) {
      const rows = manifest?.teams.flatMap(({ submissions }) => submissions) ?? [];
      const ownWords = frozen?.instanceClasses.flatMap(({ name, queue }) => [name, queue]) ?? [];
      this.known = { campaign, rows: manifest, names: new Names(campaign, rows, true, ownWords) };
    }
    return this.known.names;
  }
}

function shownField(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return names.text(value);
  if (!(value instanceof Error)) return value;
  const { name: type, message, stack } = value;
  return { type, message: names.text(message), stack: names.text(stack ?? '') };
}

function shownId(workflowId: string, campaign: string, names: Names): string {
  const prefix = submissionWorkflowId(campaign, '');
  return workflowId.startsWith(prefix) ? prefix + names.submission(workflowId.slice(prefix.length)) : workflowId;
}
