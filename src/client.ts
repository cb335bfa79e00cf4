import { CommanderError } from 'commander';
import { commandLine } from './client/commands/command-line.ts';
import { exitOfError, exitStatus } from './client/exit-status.ts';
import { terminal } from './client/output.ts';
import { HoldoutError, messageOf } from './errors.ts';

async function run(): Promise<number> {
  let status: number = exitStatus.done;
  try {
    const program = await commandLine(process.argv.slice(2), terminal, (ended) => (status = ended));
    await program.parseAsync(process.argv);
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
