import { holdoutError } from '../../errors.ts';
import { runCommand, type CommandResult } from '../../run-command.ts';

type Options = Pick<NonNullable<Parameters<typeof runCommand>[2]>, 'stop' | 'descriptor' | 'env' | 'input'>;

/**
 * Runs a command detached, so that a signal to the runner's group reaches only the runner. `env`: variables beside those of the
 * runner. Throws COMMAND_FAILED if it cannot be started.
 */
export async function run(command: readonly string[], options?: Options): Promise<CommandResult> {
  const [program = '', ...args] = command;
  const result = await runCommand(program, args, {
    ...options,
    env: { ...process.env, ...options?.env },
    detached: true,
  });
  if (result.startError) throw commandFailed(command, result);
  return result;
}

/** Like {@link run}, for a command that has to succeed: returns its standard output or throws COMMAND_FAILED. */
export async function succeed(command: readonly string[], options?: Options): Promise<string> {
  const result = await run(command, options);
  if (result.status !== 0) throw commandFailed(command, result);
  return result.stdout;
}

const commandFailed = (command: readonly string[], { stderr, startError }: CommandResult): Error =>
  holdoutError('COMMAND_FAILED', { command: command.join(' '), cause: stderr }, startError);
