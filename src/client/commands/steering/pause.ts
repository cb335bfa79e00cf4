import type { Names } from '../../../campaign/pseudonyms/names.ts';
import { counted } from '../../../safe-text.ts';
import { commandMessages } from '../../../workflows/signals-and-queries.ts';
import type { Access } from '../../access.ts';
import { namesOf } from '../../pseudonyms/names-of-campaign.ts';
import { shownTeam, teamSubject } from '../../pseudonyms/subject.ts';
import { sendCommand } from '../../operator/send-command.ts';
import { queryProgress, requireRunning } from '../../status/query-progress.ts';
import { mayHaveJob, runningSubmissions } from '../../status/running-submissions.ts';
import { noteOf, whyOption, type Register } from '../command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command
    .option('--team <team>', 'only this team')
    .option('--kill', 'also stop running jobs; they are not charged and run again after resume')
    .option(...whyOption)
    .action(
      withAccess<{ team?: string; kill?: true; why?: string }>(async (access, campaign, { team, kill, why }) => {
        await requireRunning(access, campaign, 'pause');
        const names = await namesOf(access, campaign);
        const jobs = await runningJobs(access, campaign, team, names);
        const message = { ...(kill && { kill }), ...noteOf(why) };
        if (team === undefined) await sendCommand(access, campaign, commandMessages.pauseCampaign, message);
        else {
          const subject = teamSubject(team, names);
          await sendCommand(access, campaign, commandMessages.pauseTeam, { ...subject, ...message });
        }
        const effect =
          jobs === undefined ? 'no jobs are running' : `${jobs} ${kill ? 'stop now, uncharged' : 'may finish'}`;
        output.say(`done: pause ${team === undefined ? campaign : shownTeam(team, names)}; ${effect}`);
      }),
    );
};

/** A team's jobs are counted from Temporal's list, in which a submission that waits for its probe seems to have a job. */
async function runningJobs(
  access: Access,
  campaign: string,
  team: string | undefined,
  names: Names,
): Promise<string | undefined> {
  const running =
    team === undefined
      ? (await queryProgress(access, campaign)).counts.running
      : (await runningSubmissions(access, campaign, { team, names })).filter(mayHaveJob).length;
  return running === 0 ? undefined : `${team === undefined ? '' : 'at most '}${counted(running, 'running job')}`;
}
