import type { UpdateDefinition } from '@temporalio/common';
import { InvalidArgumentError } from 'commander';
import type { Attribution } from '../../campaign/operators/operator-commands.ts';
import { parseInstant } from '../../campaign/model/units.ts';
import { homeFolder, placesOf } from '../../local/stack/home/home.ts';
import { addQueues } from '../../local/stack/home/queues.ts';
import { holdoutError } from '../../errors.ts';
import { counted } from '../../safe-text.ts';
import { commandMessages } from '../../workflows/messages.ts';
import type { Access } from '../access.ts';
import { numberArgument, reasonOf, whyOption, type CommandKit } from './command-context.ts';
import { mustRun, queryProgress } from '../status/query-progress.ts';
import { endedStatus, retryHint } from '../status/ended-status.ts';
import { isRemote } from '../stack/enter-stack.ts';
import { frozenCampaign, campaignFromS3 } from '../operator/campaign-from-s3.ts';
import type { Output } from '../output.ts';
import { isCampaignRunning } from '../operator/start-workflow.ts';
import { sendCommand, sendUpdate, sendUpdateWithStart } from '../operator/send-command.ts';
import { mayHaveJob, runningSubmissions } from '../status/running-submissions.ts';

/** The commands by which an operator steers a campaign. */
export function addSteering(kit: CommandKit): void {
  addPausing(kit);
  addOrder(kit);
  addLimits(kit);
}

function addPausing({ command, withAccess, output }: CommandKit): void {
  command('pause')
    .option('--team <team>', 'only this team')
    .option('--kill', 'end what runs as well; it is charged to nobody and runs again after resume')
    .option(...whyOption)
    .action(
      withAccess<{ team?: string; kill?: true; why?: string }>(async (access, campaign, { team, kill, why }) => {
        await mustRun(access, campaign, 'pause');
        const jobs = await jobsText(access, campaign, team);
        const act = { ...(kill && { kill }), ...reasonOf(why) };
        if (team === undefined) await sendCommand(access, campaign, commandMessages.pauseCampaign, act);
        else await sendCommand(access, campaign, commandMessages.pauseTeam, { team, ...act });
        output.say(`done: pause ${team ?? campaign}; ${jobs} under way ${kill ? 'end now, uncharged' : 'may finish'}`);
      }),
    );
  command('resume')
    .option('--team <team>', 'only this team')
    .option('--class <class>', 'only this class, which the platform’s fault holds: one run tries it')
    .option(...whyOption)
    .action(
      withAccess<{ team?: string; class?: string; why?: string }>(async (access, campaign, options) => {
        const { team, class: onClass, why } = options;
        if (team !== undefined && onClass !== undefined) {
          throw holdoutError('USAGE', { message: 'resume takes --team or --class, not both.' });
        }
        if (team !== undefined) {
          await sendCommand(access, campaign, commandMessages.resumeTeam, { team, ...reasonOf(why) });
        } else {
          const act = { ...(onClass !== undefined && { class: onClass }), ...reasonOf(why) };
          await sendCommand(access, campaign, commandMessages.resumeCampaign, act);
        }
        output.say(`done: resume ${team ?? onClass ?? campaign}`);
      }),
    );
}

/** A team's jobs are counted from lists, in which one that waits for its probe looks as if it had a job. */
async function jobsText(access: Access, campaign: string, team: string | undefined): Promise<string> {
  if (team === undefined) return counted((await queryProgress(access, campaign)).counts.running, 'job');
  const jobs = (await runningSubmissions(access, campaign, team)).filter(mayHaveJob).length;
  return jobs === 0 ? 'no jobs' : `at most ${counted(jobs, 'job')}`;
}

function addOrder({ command, withAccess, output }: CommandKit): void {
  command('reprioritise')
    .requiredOption('--team <team>', 'the team')
    .option('--priority <1-5>', 'comes before every weight: 1 is first, 3 the default', numberArgument)
    .option('--weight <weight>', 'share among teams of one priority: 0.001 to 1000, 1 the default', numberArgument)
    .option(...whyOption)
    .action(
      withAccess<{ team: string; priority?: number; weight?: number; why?: string }>(
        async (access, campaign, { why, ...act }) => {
          await sendCommand(access, campaign, commandMessages.reprioritiseTeam, { ...act, ...reasonOf(why) });
          output.say(`done: reprioritise ${act.team}`);
        },
      ),
    );
  command('set-slots')
    .requiredOption('--class <class>', 'the instance class')
    .requiredOption('--slots <number>', '0 or more; what runs goes on', numberArgument)
    .option(...whyOption)
    .action(
      withAccess<{ class: string; slots: number; why?: string }>(async (access, campaign, { why, ...act }) => {
        await sendUpdate(access, campaign, commandMessages.setSlots, { ...act, ...reasonOf(why) });
        await makeRoom(access, campaign, act);
        output.say(`done: ${counted(act.slots, 'slot')} of ${act.class}`);
      }),
    );
}

/** The embedded Batch endpoint runs no more jobs of a queue than it was told; on AWS the compute environment decides. */
async function makeRoom(access: Access, campaign: string, act: { class: string; slots: number }): Promise<void> {
  if (isRemote()) return;
  const { instanceClasses } = await frozenCampaign(access, campaign);
  const queues = instanceClasses.filter(({ name }) => name === act.class).map(({ queue }) => queue);
  addQueues(
    placesOf(homeFolder()),
    queues.map((name) => ({ name, slots: act.slots })),
  );
}

function addLimits({ command, withAccess, output }: CommandKit): void {
  command('raise-budget')
    .requiredOption('--usd <dollars>', 'the whole budget, more than before', numberArgument)
    .option(...whyOption)
    .action(
      withAccess<{ usd: number; why?: string }>(async (access, campaign, { usd, why }) => {
        await sendLimit(access, campaign, commandMessages.raiseBudget, { usd, ...reasonOf(why) }, output);
        output.say(`done: budget $${usd}`);
      }),
    );
  command('set-deadline')
    .requiredOption('--at <instant>', 'such as 2026-12-31T18:00:00Z', instantArgument)
    .option(...whyOption)
    .action(
      withAccess<{ at: string; why?: string }>(async (access, campaign, { at, why }) => {
        await sendLimit(access, campaign, commandMessages.setDeadline, { deadline: at, ...reasonOf(why) }, output);
        output.say(`done: deadline ${at}`);
      }),
    );
}

/** A campaign that has ended takes a limit too; whom that may help is said, but runs again only when asked to. */
async function sendLimit<Act extends Attribution>(
  access: Access,
  campaign: string,
  update: UpdateDefinition<void, [Act]>,
  act: Act,
  output: Output,
): Promise<void> {
  const frozen = await frozenCampaign(access, campaign);
  const ended = (await isCampaignRunning(access, campaign))
    ? undefined
    : endedStatus(await campaignFromS3(access, campaign));
  await sendUpdateWithStart(access, frozen, update, act);
  const hint = ended && retryHint(ended);
  if (hint !== undefined) output.say(hint);
}

function instantArgument(text: string): string {
  if (parseInstant(text) === undefined) throw new InvalidArgumentError('not an instant');
  return text;
}
