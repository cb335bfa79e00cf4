import { InvalidArgumentError, type Command } from 'commander';
import type { Access } from '../access.ts';
import type { CommandName } from './command-list.ts';
import type { Output } from '../output.ts';

/** Gives a command's work its connections; it may return an exit status. */
export type WithAccess = <Options>(
  work: (access: Access, campaign: string, options: Options) => Promise<number | void>,
) => (campaign: string, options: Options) => Promise<void>;

/** What commands are made with. */
export interface CommandKit {
  /** Adds a command with its description and arguments. */
  command: (name: CommandName) => Command;
  withAccess: WithAccess;
  output: Output;
  /** Says what the process exits with. */
  end: (status: number) => void;
}

export const whyOption = ['--why <text>', 'why, kept with who and when in the operators’ log'] as const;
export const yesOption = ['--yes', 'ask nothing'] as const;

export const reasonOf = (why: string | undefined) => (why === undefined ? {} : { reason: why });

export function numberArgument(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('not a number');
  return value;
}
