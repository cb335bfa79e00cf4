import { InvalidArgumentError, type Command } from 'commander';
import { visibleJson } from '../../escaping/visible.ts';
import type { HoldoutError } from '../../errors.ts';
import type { Access } from '../access.ts';
import type { Output } from '../output.ts';

/** The context with which every command is registered. */
export interface CommandContext {
  /**
   * Makes an action on a campaign: opens the connections, does the work, closes them. The work may return an exit status.
   * `withoutRecord`: what is done instead while the bucket of the records cannot be used, because of this fault.
   */
  withAccess: <Options>(
    work: (access: Access, campaign: string, options: Options) => Promise<number | void>,
    withoutRecord?: (access: Access, campaign: string, options: Options, fault: HoldoutError) => Promise<number>,
  ) => (campaign: string, options: Options) => Promise<void>;
  output: Output;
  /** Sets the exit status of the process. */
  end: (status: number) => void;
}

/** Adds options and action to a command that has its name, description and arguments from the command table. */
export type Register = (command: Command, context: CommandContext) => void;

export const whyOption = ['--why <text>', 'note for the operators’ log, recorded with user and time'] as const;
export const yesOption = ['--yes', 'do not ask for confirmation'] as const;
export const jsonOption = ['--json', 'print one JSON object on stdout'] as const;

/** The operator's note as a field of a message. */
export const noteOf = (why: string | undefined) => (why === undefined ? {} : { reason: why });

export const jsonText = visibleJson;

export function numberArgument(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('not a number');
  return value;
}
