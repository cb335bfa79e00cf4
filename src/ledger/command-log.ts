import type { OperatorCommand } from '../campaign/operators/operator-commands.ts';
import { resultObjects } from '../ids.ts';
import { inParallel } from '../in-parallel.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { readsAtOnce } from './ledger.ts';
import type { OperatorLogLine } from '../campaign/state/campaign-state.ts';
import { sha256 } from '../sha256.ts';

/** An operator's act before its place in the chain is known; `message` is null when it was refused. */
export type RecordedCommand = OperatorLogLine & { message: OperatorCommand | null };

/** An act in the results bucket, written once. */
export type ChainedCommand = RecordedCommand & {
  version: 1;
  /** 1, 2, 3 … over the whole campaign. */
  sequence: number;
  /** sha256 (hex) of the act before this one; null for the first. */
  predecessor: string | null;
};

/** Appends acts from number `first` on; the same again is fine, another one in its place throws OBJECT_DIFFERS. */
export async function appendCommands(
  store: ObjectStore,
  bucket: string,
  campaign: string,
  first: number,
  acts: readonly RecordedCommand[],
): Promise<void> {
  let predecessor = first === 1 ? null : sha256(await store.read(bucket, resultObjects.act(campaign, first - 1)));
  for (const [index, act] of acts.entries()) {
    const chained: ChainedCommand = { version: 1, sequence: first + index, predecessor, ...act };
    const body = `${JSON.stringify(chained, null, 2)}\n`;
    await store.writeOnce(bucket, resultObjects.act(campaign, chained.sequence), body);
    predecessor = sha256(body);
  }
}

/** All acts of a campaign in order. */
export async function commandsOf(store: ObjectStore, bucket: string, campaign: string): Promise<ChainedCommand[]> {
  const keys: string[] = [];
  for await (const key of store.list(bucket, resultObjects.actsFolder(campaign))) keys.push(key);
  const acts: ChainedCommand[] = [];
  await inParallel(readsAtOnce, keys, async (key) => acts.push(await store.readJson<ChainedCommand>(bucket, key)));
  return acts.sort((a, b) => a.sequence - b.sequence);
}

/** What was not refused. */
export const acceptedCommands = (acts: readonly ChainedCommand[]): OperatorCommand[] =>
  acts.flatMap(({ message }) => message ?? []);
