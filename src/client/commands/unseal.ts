import { holdoutError } from '../../errors.ts';
import type { SealedPart } from '../../ledger/chains/unsealings.ts';
import { unseal } from '../unseal/unseal.ts';
import { numberArgument, type Register } from './command-context.ts';

interface UnsealOptions {
  run?: number;
  log?: true;
  output?: true;
  reason?: string;
  to?: string;
}

export const register: Register = (command, { withAccess, output }) => {
  const open = withAccess<UnsealOptions & { submission: string }>((access, campaign, options) => {
    const { submission, run: n, to } = options;
    return unseal(access, { campaign, submission, n, part: partOf(options), reason: reasonOf(options), to }, output);
  });
  command
    .option('--reason <text>', 'why it has to be opened; recorded with user and time before anything is shown')
    .option('--run <n>', 'number of the run, by default its newest', numberArgument)
    .option('--log', 'what the submission printed (the default)')
    .option('--output', 'its predictions file')
    .option('--to <file>', 'write it into a new file instead of the terminal')
    .action((campaign: string, submission: string, options: UnsealOptions) => {
      // Before a connection is opened.
      reasonOf(options);
      partOf(options);
      return open(campaign, { ...options, submission });
    });
};

/** Throws USAGE without one. */
function reasonOf({ reason = '' }: UnsealOptions): string {
  if (reason.trim() !== '') return reason.trim();
  throw holdoutError('USAGE', {
    message: 'unseal needs a reason, which is recorded: --reason TEXT. Nothing was opened.',
  });
}

function partOf({ log, output }: UnsealOptions): SealedPart {
  if (log && output) throw holdoutError('USAGE', { message: 'unseal opens --log or --output, not both.' });
  return output ? 'output' : 'log';
}
