import { holdoutError } from '../errors.ts';
import { run } from './sandbox/command.ts';

/** Every program that a run of the runner starts, with a way to see that it starts. */
const programs: readonly (readonly [string, ...string[]])[] = [
  ['docker', '--version'],
  ['skopeo', '--version'],
  ['mkfs.ext4', '-V'],
  ['mount', '--version'],
  ['umount', '--version'],
  ['losetup', '--version'],
  ['flock', '--version'],
  ['cat', '--version'],
  // For a writable root.
  ['find', '--version'],
  ['chown', '--version'],
];

/** Starts every program that the runner needs; prints a line for each. Throws COMMAND_FAILED for the first that fails. */
export async function selfTest(say: (line: string) => void): Promise<void> {
  say(`node: ${process.version}`);
  for (const command of programs) {
    const { status, stdout, stderr } = await run(command);
    if (status !== 0) throw holdoutError('COMMAND_FAILED', { command: command.join(' '), cause: stderr });
    say(`${command[0]}: ${(stdout || stderr).split('\n')[0]}`);
  }
}
