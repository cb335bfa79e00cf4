import { Command, CommanderError } from 'commander';
import { openAccess } from './client/access.ts';
import { enterStack } from './client/enter-stack.ts';
import { buildExample } from './client/example.ts';
import { exitOfError, exitStatus } from './client/exit-status.ts';
import { terminal, type Output } from './client/output.ts';
import { keepStanding, standingOf } from './client/results.ts';
import { checkOptions, type PlanOptions } from './client/plan-options.ts';
import { planCampaign } from './client/plan.ts';
import { startCampaign } from './client/start.ts';
import { yesOption, type OnCampaign, type WithAccess } from './client/campaign-command.ts';
import { addEndingCommands } from './client/ending-commands.ts';
import { addRoundCommands } from './client/round-commands.ts';
import { addShow } from './client/show.ts';
import { addSteering } from './client/steering-commands.ts';
import { addWatching } from './client/watching-commands.ts';
import { HoldoutError, messageOf } from './errors.ts';
import { doctor } from './local/commands/doctor.ts';
import { localDown, localStatus, localUp } from './local/commands/local.ts';
import { homeFolder } from './local/stack/home.ts';

/** Of an option that may be given again. */
const oneMore = (one: string, all: string[] = []): string[] => [...all, one];

/** The command line. Every command is a few lines here and lives in client/ or local/commands/. */
function commandLine(output: Output, end: (status: number) => void): Command {
  const program = new Command('holdout')
    .description('Re-runs every submission of a competition, each in its own container, against data nobody saw.')
    .option('--stack <stack>', 'embedded, or remote: your own Temporal and AWS (HOLDOUT_STACK)')
    .hook('preAction', (command) => {
      const { stack } = command.opts<{ stack?: string }>();
      if (stack !== undefined) process.env['HOLDOUT_STACK'] = stack;
    })
    .showHelpAfterError()
    .exitOverride();

  /** A command on a running campaign: enters the stack, does its work, leaves. */
  const onCampaign: OnCampaign = (name, description) => program.command(`${name} <campaign>`).description(description);
  const withAccess: WithAccess =
    (work) =>
    async (campaign, options): Promise<void> => {
      enterStack();
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

  program
    .command('plan')
    .description('what a campaign will cost and when it is done, before it is started; without FILE the example')
    .argument('[file]', 'campaign file')
    .option('--slots <class=n>', 'with other slots; may be given again', oneMore)
    .option('--only <class>', 'with this instance class alone; may be given again', oneMore)
    .option('--spot [share]', 'with on-demand classes as Spot, at this share of their price, such as --spot=30%')
    .option('--margin <share>', 'so much more capacity than just enough, such as 50%')
    .option('--json', 'as one JSON object on stdout')
    .option('--pilot <n>', 'first run so many drawn submissions, up to 9999, once on every class')
    .option(...yesOption)
    .option('--svg <file>', 'where the picture goes, an .svg; beside the campaign file if not said')
    .action(async (file: string | undefined, options: PlanOptions) => {
      checkOptions(options);
      end(await planCampaign(file ?? (await buildExample(output)), options, output));
    });

  const kit = { onCampaign, withAccess, output };
  addWatching(kit);
  addShow(kit);
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
        output.result(csv ? standing.leaderboard.trimEnd() : standing.board);
      }),
    );
  onCampaign('report', 'write leaderboard.csv, results.json and report.txt into HOLDOUT_HOME/results').action(
    withAccess(async (access, campaign) => {
      output.result(await keepStanding(homeFolder(), await standingOf(access, campaign)));
    }),
  );

  addSteering(kit);
  addRoundCommands(kit);
  addEndingCommands(kit);

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
    .action(({ json }: { json?: true }) => end(localStatus(output.result, { json: json ?? false })));
  return program;
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
