import { counted } from '../../../safe-text.ts';
import { commandMessages } from '../../../workflows/messages.ts';
import type { Access } from '../../access.ts';
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
        const jobs = await jobsText(access, campaign, team);
        const message = { ...(kill && { kill }), ...noteOf(why) };
        if (team === undefined) await sendCommand(access, campaign, commandMessages.pauseCampaign, message);
        else await sendCommand(access, campaign, commandMessages.pauseTeam, { team, ...message });
        output.say(`done: pause ${team ?? campaign}; ${jobs} under way ${kill ? 'end now, uncharged' : 'may finish'}`);
      }),
    );
};

/** A team's jobs are counted from Temporal's list, in which a submission that waits for its probe seems to have a job. */
async function jobsText(access: Access, campaign: string, team: string | undefined): Promise<string> {
  if (team === undefined) return counted((await queryProgress(access, campaign)).counts.running, 'job');
  const jobs = (await runningSubmissions(access, campaign, team)).filter(mayHaveJob).length;
  return jobs === 0 ? 'no jobs' : `at most ${counted(jobs, 'job')}`;
}
