import { localDown } from '../../local/commands/local-down.ts';
import { localStatus } from '../../local/commands/local-status.ts';
import { localUp } from '../../local/commands/local-up.ts';
import type { Register } from './command-context.ts';

export const register: Register = (command, { output, end }) => {
  command
    .command('up')
    .description('start it and stay until Ctrl-C')
    .option('--stay', 'keep it up until local down, even if another command started it')
    .action(async ({ stay }: { stay?: true }) => end(await localUp(output.say, { stay: stay ?? false })));
  command
    .command('down')
    .description('stop it; all state stays on disk')
    .action(async () => end(await localDown(output.say)));
  command
    .command('status')
    .option('--json', 'print endpoints and credentials as one JSON object')
    .action(({ json }: { json?: true }) => end(localStatus(output.result, { json: json ?? false })));
};
