import { Command } from 'commander';
import type { CommandKit } from './command-context.ts';
import { commandNames, listedCommands, type CommandName, type ListedCommand } from './command-list.ts';
import { exitStatus } from '../exit-status.ts';
import type { Output } from '../output.ts';

/** Where commands are; those of one part are loaded together. */
const parts = {
  starting: async () => (await import('./starting-commands.ts')).addStarting,
  watching: async () => (await import('./watching-commands.ts')).addWatching,
  show: async () => (await import('./show-command.ts')).addShow,
  results: async () => (await import('./result-commands.ts')).addResults,
  steering: async () => (await import('./steering-commands.ts')).addSteering,
  rounds: async () => (await import('./round-commands.ts')).addRoundCommands,
  ending: async () => (await import('./ending-commands.ts')).addEndingCommands,
  machine: async () => (await import('./machine-commands.ts')).addMachine,
} satisfies Record<string, () => Promise<(kit: CommandKit) => void>>;

const partOf: Record<CommandName, keyof typeof parts> = {
  start: 'starting',
  plan: 'starting',
  status: 'watching',
  watch: 'watching',
  show: 'show',
  results: 'results',
  leaderboard: 'results',
  report: 'results',
  pause: 'steering',
  resume: 'steering',
  reprioritise: 'steering',
  'set-slots': 'steering',
  'raise-budget': 'steering',
  'set-deadline': 'steering',
  retry: 'rounds',
  rescore: 'rounds',
  cancel: 'rounds',
  close: 'ending',
  abort: 'ending',
  doctor: 'machine',
  local: 'machine',
};

/**
 * The command line for these arguments. Only what the command among them needs is loaded, since loading all of it takes
 * several times as long as most commands; the others stand in it for the help.
 */
export async function commandLine(
  args: readonly string[],
  output: Output,
  end: (status: number) => void,
): Promise<Command> {
  const program = new Command('holdout')
    .description('Re-runs every submission of a competition, each in its own container, against data nobody saw.')
    .option('--stack <stack>', 'embedded, or remote: your own Temporal and AWS (HOLDOUT_STACK)')
    .hook('preAction', (command) => {
      const { stack } = command.opts<{ stack?: string }>();
      if (stack !== undefined) process.env['HOLDOUT_STACK'] = stack;
    })
    .showHelpAfterError()
    .exitOverride();
  const kit: CommandKit = { command: (name) => listed(program, name), withAccess: withAccessTo(end), output, end };
  const wanted = commandNames.find((name) => name === args.find((arg) => Object.hasOwn(listedCommands, arg)));
  const part = wanted && partOf[wanted];
  for (const name of commandNames) {
    if (partOf[name] !== part) standIn(program, name);
  }
  if (part !== undefined) (await parts[part]())(kit);
  return program;
}

function listed(program: Command, name: CommandName): Command {
  const { description, takes }: ListedCommand = listedCommands[name];
  const command = program.command(name).description(description);
  for (const [argument, meaning] of takes) command.argument(argument, meaning);
  return command;
}

/** As the general help shows it. */
function standIn(program: Command, name: CommandName): void {
  const command = listed(program, name);
  if (listedCommands[name].hasOptions) command.option('--any');
}

/** A command on a running campaign: enters the stack, does its work, leaves. */
const withAccessTo =
  (end: (status: number) => void): CommandKit['withAccess'] =>
  (work) =>
  async (campaign, options): Promise<void> => {
    const [{ enterStack }, { openAccess }] = await Promise.all([
      import('../stack/enter-stack.ts'),
      import('../access.ts'),
    ]);
    enterStack();
    const access = await openAccess();
    try {
      end((await work(access, campaign, options)) ?? exitStatus.done);
    } finally {
      await access.close();
    }
  };
