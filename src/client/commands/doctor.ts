import { doctor } from '../../local/commands/doctor.ts';
import type { Register } from './command-context.ts';

export const register: Register = (command, { output, end }) => {
  command.action(async () => end(await doctor(output.result)));
};
