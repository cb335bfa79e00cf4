import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { openAccess, type Access } from './client/access.ts';
import { enterStack } from './client/enter-stack.ts';
import { exitOfError, exitStatus } from './client/exit-status.ts';
import { terminal, type Output } from './client/output.ts';
import { keepStanding, standingOf } from './client/results.ts';
import { startCampaign } from './client/start.ts';
import { sendAct, sendUpdate } from './client/steer.ts';
import { countsLine, progressOfCampaign, watchCampaign } from './client/watch.ts';
import { statusText } from './client/status.ts';
import { HoldoutError, messageOf } from './errors.ts';
import { doctor } from './local/commands/doctor.ts';
import { localDown, localStatus, localUp } from './local/commands/local.ts';
import { homeFolder } from './local/stack/home.ts';
import * as messages from './workflows/messages.ts';

/** The command line. Every command is a few lines here and lives in client/ or local/commands/. */
function commandLine(output: Output, end: (status: number) => void): Command {
  const program = new Command('holdout')
    .description('Re-runs every submission of a competition, each in its own container, against data nobody saw.')
    .showHelpAfterError()
    .exitOverride();

  /** A command on a running campaign: enters the stack, does its work, leaves. */
  const onCampaign = (name: string, description: string): Command =>
    program.command(`${name} <campaign>`).description(description);
  const withAccess =
    <Options>(work: (access: Access, campaign: string, options: Options) => Promise<number | void>) =>
    async (campaign: string, options: Options): Promise<void> => {
      await enterStack();
      const access = await openAccess();
      try {
        end((await work(access, campaign, options)) ?? exitStatus.done);
      } finally {
        await access.close();
      }
    };

  program
    .command('start')
    .description('start a campaign, or go on with it; without FILE the example on the embedded stack')
    .argument('[file]', 'campaign file')
    .option('--detach', 'do not wait for the end')
    .option('--json', 'print the results as one JSON object on stdout')
    .option('--yes', 'ask nothing')
    .action(async (file: string | undefined, options: { detach?: true; json?: true; yes?: true }) =>
      end(await startCampaign({ ...options, ...(file !== undefined && { file }) }, output)),
    );

  onCampaign('status', 'counts by state, money, what waits and why')
    .option('--json', 'as one JSON object')
    .action(
      withAccess<{ json?: true }>(async (access, campaign, { json }) => {
        const progress = await progressOfCampaign(access, campaign);
        output.result(json ? JSON.stringify(progress, null, 2) : statusText(progress));
      }),
    );
  onCampaign('watch', 'follow a campaign until it ends or holds')
    .option('--json', 'print the last progress as one JSON object')
    .action(
      withAccess<{ json?: true }>(async (access, campaign, { json }) => {
        const watched = await watchCampaign(access, campaign, output);
        const progress = await progressOfCampaign(access, campaign);
        output.result(json ? JSON.stringify(progress, null, 2) : countsLine(progress).trim());
        return watched.kind === 'holds' ? exitStatus.needsDecision : exitStatus.done;
      }),
    );
  onCampaign('results', 'every submission: team, state, reason, runs and cost, score')
    .option('--json', 'as one JSON object')
    .action(
      withAccess<{ json?: true }>(async (access, campaign, { json }) => {
        const standing = await standingOf(access, campaign);
        output.result(json ? JSON.stringify(standing.results, null, 2) : standing.text);
      }),
    );
  onCampaign('leaderboard', 'who is ahead')
    .option('--csv', 'as teamId,teamName,submissionDate,score')
    .action(
      withAccess<{ csv?: true }>(async (access, campaign, { csv }) => {
        const standing = await standingOf(access, campaign);
        output.result(csv ? standing.leaderboard.trimEnd() : (standing.text.split('\n\n')[0] ?? ''));
      }),
    );
  onCampaign('report', 'write leaderboard.csv, results.json and report.txt into HOLDOUT_HOME/results').action(
    withAccess(async (access, campaign) => {
      output.result(await keepStanding(homeFolder(), await standingOf(access, campaign)));
    }),
  );

  addSteering(onCampaign, withAccess, output);

  program
    .command('doctor')
    .description('what is installed and reachable, and the command that mends what is not')
    .action(async () => end(await doctor(output.result)));
  const local = program.command('local').description('the embedded stack by hand');
  local
    .command('up')
    .description('start it and stay until Ctrl-C')
    .action(async () => end(await localUp(output.say)));
  local
    .command('down')
    .description('stop it; everything stays on disk')
    .action(async () => end(await localDown(output.say)));
  local
    .command('status')
    .option('--json', 'endpoints and credentials as one JSON object')
    .action(async ({ json }: { json?: true }) => end(await localStatus(output.result, { json: json ?? false })));
  return program;
}

type OnCampaign = (name: string, description: string) => Command;
type WithAccess = <Options>(
  work: (access: Access, campaign: string, options: Options) => Promise<number | void>,
) => (campaign: string, options: Options) => Promise<void>;

function addSteering(onCampaign: OnCampaign, withAccess: WithAccess, output: Output): void {
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

async function run(): Promise<number> {
  let status: number = exitStatus.done;
  try {
    await commandLine(terminal, (ended) => (status = ended)).parseAsync(process.argv);
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.badInput;
    terminal.say(`holdout: ${messageOf(error)}`);
    if (error instanceof HoldoutError) terminal.say(`  → ${error.next}`);
    return exitOfError(error);
  }
}

process.exitCode = await run();
process.exit();
