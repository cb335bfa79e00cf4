import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;

/** A workflow's history, as Temporal has it. */
export type WorkflowHistory = Parameters<typeof History.encode>[0];
export type HistoryEvent = NonNullable<WorkflowHistory['events']>[number];

/** The file of a recorded history. */
export const historyPath = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/histories/${name}.bin.gz`, import.meta.url));

export const readHistory = (name: string): WorkflowHistory =>
  History.decode(gunzipSync(readFileSync(historyPath(name))));

/** Writes a history without the names of the machine on which it was recorded. */
export function writeHistory(name: string, history: WorkflowHistory): void {
  const { events } = History.decode(History.encode(history).finish());
  hideMachine(events);
  writeFileSync(historyPath(name), gzipSync(History.encode({ events }).finish()));
}

/** Who worked is in `identity`, and in the name of a worker's own queue. */
function hideMachine(part: unknown): void {
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return;
  const named = part as { identity?: unknown; name?: unknown };
  if (typeof named.identity === 'string') named.identity = 'worker';
  if (typeof named.name === 'string' && named.name.includes('@')) named.name = 'worker';
  for (const inner of Object.values(part)) hideMachine(inner);
}
