import { InvalidArgumentError, type Command } from 'commander';
import * as messages from '../workflows/messages.ts';
import type { Access } from './access.ts';
import type { Output } from './output.ts';
import { sendAct, sendUpdate } from './steer.ts';

/** Adds a command whose first argument is a campaign. */
export type OnCampaign = (name: string, description: string) => Command;
/** Gives a command's work its connections; it may answer an exit status. */
export type WithAccess = <Options>(
  work: (access: Access, campaign: string, options: Options) => Promise<number | void>,
) => (campaign: string, options: Options) => Promise<void>;

/** The commands by which an operator steers a running campaign. */
export function addSteering(onCampaign: OnCampaign, withAccess: WithAccess, output: Output): void {
  const why = ['--why <text>', 'kept in the operators’ log'] as const;
  const reason = (text: string | undefined) => (text === undefined ? {} : { reason: text });
  const done = (what: string): void => output.say(`done: ${what}`);

  for (const [verb, onTeam, onAll] of [
    ['pause', messages.pauseTeamSignal, messages.pauseCampaignSignal],
    ['resume', messages.resumeTeamSignal, messages.resumeCampaignSignal],
  ] as const) {
    onCampaign(verb, `${verb} a campaign, or one team; what runs goes on`)
      .option('--team <team>')
      .option(...why)
      .action(
        withAccess<{ team?: string; why?: string }>(async (access, campaign, { team, why }) => {
          if (team === undefined) await sendAct(access, campaign, onAll, reason(why));
          else await sendAct(access, campaign, onTeam, { team, ...reason(why) });
          done(`${verb} ${team ?? campaign}`);
        }),
      );
  }
  onCampaign('reprioritise', 'put a team ahead or behind')
    .requiredOption('--team <team>')
    .option('--priority <1-5>', '1 is first', numberArgument)
    .option('--weight <weight>', '0.001 to 1000', numberArgument)
    .option(...why)
    .action(
      withAccess<{ team: string; priority?: number; weight?: number; why?: string }>(
        async (access, campaign, { why, ...act }) => {
          await sendAct(access, campaign, messages.reprioritiseTeamSignal, { ...act, ...reason(why) });
          done(`reprioritise ${act.team}`);
        },
      ),
    );
  onCampaign('set-slots', 'how many jobs of a class at a time')
    .requiredOption('--class <class>')
    .requiredOption('--slots <number>', '', numberArgument)
    .option(...why)
    .action(
      withAccess<{ class: string; slots: number; why?: string }>(async (access, campaign, { why, ...act }) => {
        await sendUpdate(access, campaign, messages.setSlotsUpdate, { ...act, ...reason(why) });
        done(`${act.slots} slots of ${act.class}`);
      }),
    );
  onCampaign('raise-budget', 'the new limit, in dollars')
    .requiredOption('--usd <dollars>', '', numberArgument)
    .option(...why)
    .action(
      withAccess<{ usd: number; why?: string }>(async (access, campaign, { usd, why }) => {
        await sendUpdate(access, campaign, messages.raiseBudgetUpdate, { usd, ...reason(why) });
        done(`budget $${usd}`);
      }),
    );
  onCampaign('set-deadline', 'the new deadline, an instant')
    .requiredOption('--at <instant>', 'e.g. 2026-12-31T18:00:00Z')
    .option(...why)
    .action(
      withAccess<{ at: string; why?: string }>(async (access, campaign, { at, why }) => {
        await sendUpdate(access, campaign, messages.setDeadlineUpdate, { deadline: at, ...reason(why) });
        done(`deadline ${at}`);
      }),
    );
  onCampaign('cancel', 'end submissions that are under way')
    .requiredOption('--submission <id...>')
    .option(...why)
    .action(
      withAccess<{ submission: string[]; why?: string }>(async (access, campaign, { submission, why }) => {
        await sendUpdate(access, campaign, messages.cancelUpdate, { submissions: submission, ...reason(why) });
        done(`cancel ${submission.join(', ')}`);
      }),
    );
  for (const [verb, update, description] of [
    ['close', messages.closeUpdate, 'start nothing more, let running jobs finish, publish the results'],
    ['abort', messages.abortUpdate, 'end every job and submission, publish the results'],
  ] as const) {
    onCampaign(verb, description)
      .option(...why)
      .action(
        withAccess<{ why?: string }>(async (access, campaign, { why }) => {
          await sendUpdate(access, campaign, update, reason(why));
          done(`${verb} ${campaign}`);
        }),
      );
  }
}

function numberArgument(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('not a number');
  return value;
}
