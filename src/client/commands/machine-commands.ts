import { doctor } from '../../local/commands/doctor.ts';
import { localDown, localStatus, localUp } from '../../local/commands/local.ts';
import type { CommandKit } from './command-context.ts';

/** The commands about this machine. */
export function addMachine({ command, output, end }: CommandKit): void {
  command('doctor').action(async () => end(await doctor(output.result)));
  const local = command('local');
  local
    .command('up')
    .description('start it and stay until Ctrl-C')
    .option('--stay', 'keep it up until local down, also when another command has it up now')
    .action(async ({ stay }: { stay?: true }) => end(await localUp(output.say, { stay: stay ?? false })));
  local
    .command('down')
    .description('stop it; everything stays on disk')
    .action(async () => end(await localDown(output.say)));
  local
    .command('status')
    .option('--json', 'endpoints and credentials as one JSON object')
    .action(({ json }: { json?: true }) => end(localStatus(output.result, { json: json ?? false })));
}
