import type { CampaignState } from '../state/campaign-state.ts';
import type { CommandDefinition } from './command-definition.ts';
import type { MessageWith } from './command-fields.ts';
import { isDone } from '../scheduling/is-done.ts';

// Why an operator command whose fields are valid is refused, as a clause; undefined if it is not.

/** A closing campaign takes few commands; once it has ended, those that reopen it too. */
export const refusedWhileClosing = (
  { reopens, acceptedWhileClosing }: Pick<CommandDefinition<never>, 'reopens' | 'acceptedWhileClosing'>,
  state: CampaignState,
): string | undefined =>
  state.closing && !acceptedWhileClosing && !(reopens && isDone(state)) ? 'the campaign is closing' : undefined;

export const unknownClass = ({ slots }: CampaignState, name: string | undefined): string | undefined =>
  name !== undefined && slots[name] === undefined ? `there is no instance class ${name}` : undefined;

export function refusedBudget(usd: number, { money }: CampaignState): string | undefined {
  const microUsd = usd * 1_000_000;
  if (microUsd < money.spent) return `$${usd} is less than the amount already spent`;
  return microUsd > money.budget ? undefined : `$${usd} is not more than the current budget`;
}

export const nothingToReprioritise = ({
  priority,
  weight,
}: MessageWith<never, 'priority' | 'weight'>): string | undefined =>
  priority === undefined && weight === undefined ? 'neither priority nor weight is given' : undefined;

export const nothingToCancel = ({
  submissions,
  team,
  because,
}: MessageWith<never, 'submissions' | 'team' | 'because'>): string | undefined =>
  [submissions, team, because].every((choice) => choice === undefined)
    ? 'neither submissions nor team nor because is given'
    : undefined;

/** The campaign has no such team, or nobody has it in S3. */
export const unknownTeam = (name: string): string => `there is no team ${name}`;

export const unknownRounds = (name: string): string => `there are no rounds ${name}`;
