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

export const writeHistory = (name: string, history: WorkflowHistory): void =>
  writeFileSync(historyPath(name), gzipSync(History.encode(history).finish()));
