import { Command } from 'commander';
import { exitStatus } from '../exit-status.ts';
import type { Output } from '../output.ts';
import type { CommandContext } from './command-context.ts';
import { commandTable } from './command-table.ts';

/**
 * The command line for these arguments. Only the command among them is loaded, since loading all of them takes several times
 * as long as most commands take; the others are listed for the help.
 */
export async function commandLine(
  args: readonly string[],
  output: Output,
  end: (status: number) => void,
): Promise<Command> {
  const program = new Command('holdout')
    .description('Re-runs every submission of a competition, each in its own container, against unseen data.')
    .option('--stack <stack>', 'embedded, or remote: your own Temporal and AWS (HOLDOUT_STACK)')
    .hook('preAction', (command) => {
      const { stack } = command.opts<{ stack?: string }>();
      if (stack !== undefined) process.env['HOLDOUT_STACK'] = stack;
    })
    .showHelpAfterError('npm run holdout -- --help lists all commands.')
    .exitOverride();
  const context: CommandContext = { withAccess: withAccessTo(end), output, end };
  const wanted = args.find((arg) => Object.hasOwn(commandTable, arg));
  for (const [name, { description, takes, hasOptions, load }] of Object.entries(commandTable)) {
    const command = program.command(name).description(description).showHelpAfterError();
    for (const [argument, meaning] of takes) command.argument(argument, meaning);
    if (name === wanted) (await load()).register(command, context);
    else if (hasOptions) command.option('--any');
  }
  return program;
}

const withAccessTo =
  (end: (status: number) => void): CommandContext['withAccess'] =>
  (work, withoutRecord) =>
  async (campaign, options): Promise<void> => {
    const [{ enterStack, isRemote }, { withAccess }, { requireCodecKeys: checkCodecKeys }, { shownError }] =
      await Promise.all([
        import('../stack/enter-stack.ts'),
        import('../access.ts'),
        import('../stack/require-codec-keys.ts'),
        import('../pseudonyms/names-of-campaign.ts'),
      ]);
    enterStack();
    const status = await withAccess(async (access) => {
      const fault = withoutRecord && (await (await import('../operator/stop-without-record.ts')).recordFault(access));
      if (fault) return withoutRecord(access, campaign, options, fault);
      const isRecordChecked = withoutRecord !== undefined;
      if (isRemote()) await (await import('../stack/check-remote.ts')).checkRemoteCommand(access, { isRecordChecked });
      await checkCodecKeys(access);
      try {
        return await work(access, campaign, options);
      } catch (error) {
        throw await shownError(access, campaign, error);
      }
    });
    end(status ?? exitStatus.done);
  };
