import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import { namesOf } from '../../pseudonyms/names-of-campaign.ts';
import { shownTeam, teamSubject } from '../../pseudonyms/subject.ts';
import { sendCommand } from '../../operator/send-command.ts';
import { noteOf, numberArgument, whyOption, type Register } from '../command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command
    .requiredOption('--team <team>', 'the team')
    .option('--priority <1-5>', '1 is first, 3 the default; takes precedence over weights', numberArgument)
    .option('--weight <weight>', 'share among teams of one priority: 0.001 to 1000, default 1', numberArgument)
    .option(...whyOption)
    .action(
      withAccess<{ team: string; priority?: number; weight?: number; why?: string }>(
        async (access, campaign, { why, team, ...change }) => {
          const names = await namesOf(access, campaign);
          const message = { ...teamSubject(team, names), ...change, ...noteOf(why) };
          await sendCommand(access, campaign, commandMessages.reprioritiseTeam, message);
          output.say(`done: reprioritise ${shownTeam(team, names)}`);
        },
      ),
    );
};
