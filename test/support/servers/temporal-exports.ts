import { temporalCommand, type Reachable } from './temporal-command.ts';

/** What Temporal's own command line exports of a namespace: as printed, and what its base64 texts contain. */
export interface TemporalExport {
  runs: number;
  /** The list of workflows with memos and search attributes, and each run's description and history. */
  printed: string;
  decoded: Buffer;
}

/** Exports every workflow run, as any program that reaches Temporal can. */
export async function exportNamespace(stack: Reachable): Promise<TemporalExport> {
  const workflow = (...args: string[]): Promise<string> =>
    temporalCommand(stack, 'workflow', ...args, '--output', 'json');
  const list = await workflow('list');
  const runs = (JSON.parse(list) as { execution: { workflowId: string; runId: string } }[]).map(
    ({ execution: { workflowId, runId } }) => ['--workflow-id', workflowId, '--run-id', runId],
  );
  const printed = [list];
  for (const run of runs) {
    printed.push(await workflow('describe', ...run), await workflow('show', ...run));
    // Once more with every payload as base64; the command line shows plain ones as they are.
    printed.push(await workflow('show', ...run, '--no-json-shorthand-payloads'));
  }
  const decoded = printed.flatMap((text) => Array.from(base64In(JSON.parse(text))));
  return { runs: runs.length, printed: printed.join('\n'), decoded: Buffer.concat(decoded) };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function* base64In(value: unknown): Generator<Buffer> {
  if (typeof value === 'string') {
    if (base64.test(value)) yield Buffer.from(value, 'base64');
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) yield* base64In(part);
  }
}
