import { invalidField } from './command-fields.ts';
import { refusedWhileClosing } from './command-refusals.ts';
import { commandDefinitionOf, type OperatorCommand, type OperatorCommandName } from './operator-commands.ts';
import type { CampaignState } from '../state/campaign-state.ts';

/** Why a command, whose message may be any JSON, is refused; undefined if it is accepted. */
export function validationError<Name extends OperatorCommandName>(
  { name, message }: OperatorCommand<Name>,
  state: CampaignState,
): string | undefined {
  const definition = commandDefinitionOf(name);
  return (
    refusedWhileClosing(definition, state) ??
    invalidField(name, definition.required ?? [], message) ??
    definition.refusal?.(message, state)
  );
}

/**
 * Applies an accepted command to the state, or repeats it on a campaign that lost its state or starts again after its end.
 * `team` is the number of the team that the message names, -1 for none; `now` in ms.
 */
export function applyCommand<Name extends OperatorCommandName>(
  { name, message }: OperatorCommand<Name>,
  state: CampaignState,
  team: number,
  now: number,
): void {
  const { reopens, apply } = commandDefinitionOf(name);
  if (reopens) state.set({ closing: undefined });
  apply?.(message, { state, team, now });
}

/** The recorded form of a command. It states the effect on this state, because it may be repeated on another one. */
export function asRecorded<Name extends OperatorCommandName>(
  command: OperatorCommand<Name>,
  state: CampaignState,
  now: number,
): OperatorCommand<Name> {
  const { recorded } = commandDefinitionOf(command.name);
  return recorded ? { ...command, message: recorded(command.message, state, now) } : command;
}
