import { runnerHostOf } from '../../batch/definitions/runner-host.ts';
import { hasAwsAccount } from '../../cloud-checks/caller.ts';
import type { CheckedCampaign, LocalPath, S3Location } from '../../intake/checked-campaign.ts';
import { countInputs } from '../../intake/input-files.ts';
import type { Access } from '../access.ts';
import { exitStatus } from '../exit-status.ts';
import { screenColumns, type Output } from '../output.ts';
import { table } from '../table.ts';
import { plannedCalls } from './planned-calls/planned-calls.ts';

/** `start --dry-run`: prints the calls that the campaign would make, and makes none that writes. Returns the exit status. */
export async function dryRun(access: Access, campaign: CheckedCampaign, output: Output): Promise<number> {
  const { buckets, settings, keys } = access;
  const filesOf = async (set: LocalPath | S3Location | undefined): Promise<number | undefined> =>
    set?.kind === 'local' ? countInputs(set.path) : undefined;
  const calls = plannedCalls(campaign, {
    buckets,
    definitions: settings.jobDefinition,
    registers: runnerHostOf(process.env) !== undefined,
    imageStore: settings.imageStore,
    imageScan: settings.imageScan,
    hasAccount: hasAwsAccount(process.env),
    sealsPayloads: keys !== undefined,
    inputFiles: { testSet: await filesOf(campaign.testSet), sampleSet: await filesOf(campaign.sampleSet) },
  });
  const rows = calls.map(({ by, call, resource, count }) => [by, call, count, resource]);
  output.result(table(['by', 'call', 'count', 'resource'], rows, screenColumns()));
  output.say('dry run: everything that the campaign needs is there; nothing was uploaded or started');
  return exitStatus.done;
}
