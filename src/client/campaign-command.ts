import { InvalidArgumentError, type Command } from 'commander';
import type { Access } from './access.ts';
import type { Output } from './output.ts';

/** Adds a command whose first argument is a campaign. */
export type OnCampaign = (name: string, description: string) => Command;
/** Gives a command's work its connections; it may answer an exit status. */
export type WithAccess = <Options>(
  work: (access: Access, campaign: string, options: Options) => Promise<number | void>,
) => (campaign: string, options: Options) => Promise<void>;

/** What commands on a campaign are made with. */
export interface CommandKit {
  onCampaign: OnCampaign;
  withAccess: WithAccess;
  output: Output;
}

export const whyOption = ['--why <text>', 'why, kept with who and when in the operators’ log'] as const;
export const yesOption = ['--yes', 'ask nothing'] as const;

export const reasonOf = (why: string | undefined) => (why === undefined ? {} : { reason: why });

export function numberArgument(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('not a number');
  return value;
}
