import type { OperatorCommand } from '../campaign/operators/operator-commands.ts';
import type { Bucket } from '../s3/object-store.ts';
import type { OperatorLogLine } from '../campaign/state/operators-log.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects } from '../object-keys.ts';
import { misplacedCommand } from './chain-rules.ts';
import { readNumberedChain, type ChainKind, type NumberedChain } from './chains/numbered-chain.ts';

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

export const commandChain: ChainKind<ChainedCommand> = {
  folder: resultObjects.actsFolder,
  key: resultObjects.act,
  misplaced: misplacedCommand,
};

/** All commands of a campaign in order, and their digests. Throws RECORD_CHANGED or OBJECT_MISSING if the chain is broken. */
export const commandChainOf = (results: Bucket, campaign: string): Promise<NumberedChain<ChainedCommand>> =>
  readNumberedChain(results, commandChain, campaign);

/** The commands alone. */
export const commandsOf = async (results: Bucket, campaign: string): Promise<ChainedCommand[]> =>
  (await commandChainOf(results, campaign)).links;

/** The commands that were not refused. */
export const acceptedCommands = (commands: readonly ChainedCommand[]): OperatorCommand[] =>
  commands.flatMap(({ message }) => message ?? []);
