import { holdoutError } from '../../../errors.ts';
import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import { namesOf } from '../../pseudonyms/names-of-campaign.ts';
import { shownTeam, teamSubject } from '../../pseudonyms/subject.ts';
import { sendCommand } from '../../operator/send-command.ts';
import { noteOf, whyOption, type Register } from '../command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command
    .option('--team <team>', 'only this team')
    .option('--class <class>', 'only this instance class, blocked by platform faults; a single run tests it first')
    .option(...whyOption)
    .action(
      withAccess<{ team?: string; class?: string; why?: string }>(async (access, campaign, options) => {
        const { team, class: instanceClass, why } = options;
        if (team !== undefined && instanceClass !== undefined) {
          throw holdoutError('USAGE', { message: 'resume takes --team or --class, not both.' });
        }
        const names = await namesOf(access, campaign);
        if (team !== undefined) {
          const message = { ...teamSubject(team, names), ...noteOf(why) };
          await sendCommand(access, campaign, commandMessages.resumeTeam, message);
        } else {
          const message = { ...(instanceClass !== undefined && { class: instanceClass }), ...noteOf(why) };
          await sendCommand(access, campaign, commandMessages.resumeCampaign, message);
        }
        const subject = team === undefined ? (instanceClass ?? campaign) : shownTeam(team, names);
        output.say(`done: resume ${subject}`);
      }),
    );
};
