import type { OperatorCommand } from '../campaign/operators/operator-commands.ts';
import { inParallel } from '../in-parallel.ts';
import type { Bucket } from '../s3/object-store.ts';
import { readsAtOnce } from './ledger.ts';
import type { OperatorLogLine } from '../campaign/state/operators-log.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects } from '../object-keys.ts';
import { misplacedCommand } from './chain-rules.ts';
import { parsedObject, recordChanged } from './checked-object.ts';

/** An operator's command whose place in the chain is not known yet; `message` is null if it was refused. */
export type RecordedCommand = OperatorLogLine & { message: OperatorCommand | null };

/** A command in the results bucket, written once. */
export type ChainedCommand = RecordedCommand & {
  version: 1;
  /** 1, 2, 3 … over the whole campaign. */
  sequence: number;
  /** sha256 (hex) of the command before this one; null for the first. */
  predecessor: string | null;
};

/** Appends commands from number `first` on. The same may be appended again; a different one throws OBJECT_DIFFERS. */
export async function appendCommands(
  { store, bucket }: Bucket,
  campaign: string,
  first: number,
  commands: readonly RecordedCommand[],
): Promise<void> {
  let predecessor = first === 1 ? null : sha256(await store.read(bucket, resultObjects.act(campaign, first - 1)));
  for (const [index, command] of commands.entries()) {
    const chained: ChainedCommand = { version: 1, sequence: first + index, predecessor, ...command };
    const body = `${JSON.stringify(chained, null, 2)}\n`;
    await store.writeOnce(bucket, resultObjects.act(campaign, chained.sequence), body);
    predecessor = sha256(body);
  }
}

/** The operators' commands, and the sha256 (hex) of each record. */
export interface CommandChain {
  commands: ChainedCommand[];
  digests: string[];
}

/** All commands of a campaign in order. Throws RECORD_CHANGED or OBJECT_MISSING if their chain is broken. */
export async function commandsOf(results: Bucket, campaign: string): Promise<ChainedCommand[]> {
  return (await commandChainOf(results, campaign)).commands;
}

/** The same with digests. */
export async function commandChainOf({ store, bucket }: Bucket, campaign: string): Promise<CommandChain> {
  let count = 0;
  for await (const _ of store.list(bucket, resultObjects.actsFolder(campaign))) count += 1;
  const keys = Array.from({ length: count }, (_, index) => resultObjects.act(campaign, index + 1));
  const bodies = await inParallel(readsAtOnce, keys, (key) => store.read(bucket, key));
  const digests = bodies.map(sha256);
  const commands = bodies.map((body, index) => {
    const key = resultObjects.act(campaign, index + 1);
    const command = parsedObject<ChainedCommand>(bucket, key, body);
    const fault = misplacedCommand(command, { sequence: index + 1, predecessor: digests[index - 1] ?? null });
    if (fault !== undefined) throw recordChanged(bucket, key, fault);
    return command;
  });
  return { commands, digests };
}

/** The commands that were not refused. */
export const acceptedCommands = (commands: readonly ChainedCommand[]): OperatorCommand[] =>
  commands.flatMap(({ message }) => message ?? []);
