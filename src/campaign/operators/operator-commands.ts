import { invalidField } from './command-fields.ts';
import { defaultTreatment, type CampaignState, type Treatment } from '../state/campaign-state.ts';
import { tryFaultyAgain } from '../state/platform-faults.ts';
import { blockedReasonOf, isDone } from '../scheduling/blocked-reason.ts';
import type { CommandName, CancelCommand, OperatorCommand, RestReason } from './operator-messages.ts';
import { parseInstant } from '../model/units.ts';

/** What may still be asked of a campaign that is closing: its runs may go on for hours. */
const takenWhileClosing: ReadonlySet<CommandName> = new Set(['cancel', 'abort']);
/** What makes a campaign that was closed and has ended go on. */
const opensAgain: ReadonlySet<CommandName> = new Set([
  'raiseBudget',
  'setDeadline',
  'addSubmissions',
  'retry',
  'rescore',
]);

/** Why an act, whose message may be any JSON that somebody typed, cannot be taken; undefined when it can. */
export function validationError({ name, message }: OperatorCommand, state: CampaignState): string | undefined {
  const opens = opensAgain.has(name) && isDone(state);
  if (state.closing && !opens && !takenWhileClosing.has(name)) return 'the campaign is closing';
  const fault = invalidField(name, message);
  if (fault) return fault;
  if (name === 'raiseBudget') return faultOfBudget(message.usd, state);
  if (name === 'reprioritiseTeam' && message.priority === undefined && message.weight === undefined) {
    return 'neither a priority nor a weight was given';
  }
  if ((name === 'setSlots' || name === 'resumeCampaign') && message.class !== undefined) {
    if (state.slots[message.class] === undefined) return `there is no instance class ${message.class}`;
  }
  if (name === 'cancel' && [message.submissions, message.team, message.because].every((one) => one === undefined)) {
    return 'neither submissions nor a team nor a reason was given';
  }
  return undefined;
}

/**
 * Carries out an act that has no fault, or repeats it on a campaign that lost its state or starts again after its end.
 * `team` is the number of the team that a message names, `now` in ms.
 */
export function applyCommand(
  { name, message }: OperatorCommand,
  state: CampaignState,
  team: number,
  now: number,
): void {
  if (opensAgain.has(name)) delete state.closing;
  switch (name) {
    case 'pauseTeam':
    case 'resumeTeam':
      return treat(state, team, message.team, { paused: name === 'pauseTeam' });
    case 'reprioritiseTeam': {
      const { priority, weight } = message;
      return treat(state, team, message.team, {
        ...(priority !== undefined && { priority }),
        ...(weight !== undefined && { weight }),
      });
    }
    case 'pauseCampaign':
      state.paused = true;
      return;
    case 'resumeCampaign':
      if (message.class === undefined) state.paused = false;
      tryFaultyAgain(state, message.class, now);
      return;
    case 'raiseBudget':
      state.money.budget = Math.round(message.usd * 1_000_000);
      return;
    case 'setDeadline':
      state.deadline = parseInstant(message.deadline)?.toISOString() ?? state.deadline;
      return;
    case 'setSlots':
      state.slots[message.class] = message.slots;
      return;
    case 'close':
      state.closing = message.rest ?? restOf(state, now);
      return;
    case 'abort':
      state.closing = 'cancelled';
      return;
    case 'cancel':
      return cancelIn(state, team, message);
    case 'addSubmissions':
    case 'retry':
    case 'rescore':
      return;
  }
}

/** An act as it is kept: what it meant for the state that it met is said, for it may be repeated on another. */
export function asRecorded(act: OperatorCommand, state: CampaignState, now: number): OperatorCommand {
  return act.name === 'close' ? { ...act, message: { rest: restOf(state, now), ...act.message } } : act;
}

const restOf = (state: CampaignState, now: number): RestReason =>
  blockedReasonOf(state, now) === 'budget' ? 'budget-exhausted' : 'cancelled';

/** A whole team that is cancelled is paused no longer: its rounds, ended by then, still have to pass through the campaign. */
function cancelIn({ treatments }: CampaignState, team: number, { submissions, because }: CancelCommand): void {
  const treatment = treatments.get(team);
  if (treatment?.paused && submissions === undefined && because === undefined)
    treatments.set(team, { ...treatment, paused: false });
}

function treat(state: CampaignState, team: number, name: string, change: Partial<Treatment>): void {
  state.treatments.set(team, { ...defaultTreatment, ...state.treatments.get(team), team: name, ...change });
}

function faultOfBudget(usd: number, { money }: CampaignState): string | undefined {
  const microUsd = usd * 1_000_000;
  if (microUsd < money.spent) return `$${usd} is less than what is spent`;
  return microUsd > money.budget ? undefined : `$${usd} is not above the present budget`;
}
