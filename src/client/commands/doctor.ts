import type { Register } from './command-context.ts';

export const register: Register = (command, { output, end }) => {
  command
    .option('--aws', 'check your own AWS account and Temporal instead; the default with --stack remote')
    .action(async (file: string | undefined, { aws }: { aws?: true }) => {
      if (aws || process.env['HOLDOUT_STACK'] === 'remote') {
        const { awsDoctor } = await import('../doctor/aws-doctor.ts');
        return end(await awsDoctor(file, output.result));
      }
      const { machineDoctor: doctor } = await import('../../local/commands/machine-doctor.ts');
      return end(await doctor(output.result));
    });
};
