import { CommanderError } from 'commander';
import { commandLine } from './client/commands/command-line.ts';
import { exitOfError, exitStatus } from './client/exit-status.ts';
import { terminal } from './client/output.ts';
import { allPrinted, endWithReader } from './client/standard-streams.ts';
import { HoldoutError, messageOf } from './errors.ts';

async function run(): Promise<number> {
  let status: number = exitStatus.done;
  try {
    const program = await commandLine(process.argv.slice(2), terminal, (ended) => (status = ended));
    await program.parseAsync(process.argv);
    return status;
  } catch (thrown) {
    const error = await inWordsOfCatalogue(thrown);
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.badInput;
    terminal.say(`holdout: ${messageOf(error)}`);
    if (error instanceof HoldoutError) terminal.say(`  → ${error.next}`);
    // A command whose own result is 1 has announced another status for what goes wrong.
    return status === exitStatus.done ? exitOfError(error) : status;
  }
}

/** Errors of S3, Batch and Temporal name neither the thing nor the next step. */
async function inWordsOfCatalogue(error: unknown): Promise<unknown> {
  if (error instanceof CommanderError || (error instanceof HoldoutError && error.source === 'user')) return error;
  if (process.env['HOLDOUT_STACK'] !== 'remote')
    return (await import('./client/error-of-embedded.ts')).errorOfEmbedded(error);
  if (error instanceof HoldoutError) return error;
  return (await import('./client/error-of-service.ts')).errorOfService(error);
}

endWithReader();
process.exitCode = await run();
await allPrinted();
process.exit();
