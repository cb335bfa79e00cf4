import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureJobDefinitions } from '../../batch/definitions/ensure-job-definitions.ts';
import { runnerHostOf } from '../../batch/definitions/runner-host.ts';
import { holdoutError } from '../../errors.ts';
import { checkCampaign } from '../../intake/check-campaign.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { homeFolder, placesOf } from '../../local/stack/home/home.ts';
import { bringUpInBackground } from '../../local/stack/background.ts';
import { withAccess } from '../access.ts';
import { dryRun } from './dry-run.ts';
import { runCampaign, type RunCampaignOptions } from './run-campaign.ts';
import { confirmed } from '../confirm.ts';
import { requireCodecKeys } from '../stack/require-codec-keys.ts';
import { checkRemoteStart } from '../stack/check-remote.ts';
import { isRemote } from '../stack/enter-stack.ts';
import { buildExample } from '../stack/example.ts';
import { exitStatus } from '../exit-status.ts';
import { inEmbeddedStack, requireEmbedded } from '../stack/in-stack.ts';
import type { Output } from '../output.ts';
import { resultObjects } from '../../object-keys.ts';

interface StartOptions extends RunCampaignOptions {
  /** Default: the example. */
  file?: string;
  /** Only checks, and prints the AWS calls that the campaign would make. */
  dryRun?: true;
}

/**
 * `start-campaign`: checks the file before anything else, brings the embedded stack up, and runs the campaign on it. Returns
 * the exit status.
 */
export async function startCampaign(options: StartOptions, output: Output): Promise<number> {
  if (options.dryRun && !isRemote()) {
    throw holdoutError('USAGE', {
      message: '--dry-run shows AWS calls; it needs --stack remote (HOLDOUT_STACK=remote).',
    });
  }
  if (!isRemote()) requireEmbedded();
  const file = options.file ?? (await buildExample(output));
  const { s3 } = placesOf(homeFolder());
  const checked = await checkCampaign(file, new Date(), (campaign) =>
    existsSync(join(s3, 'holdout-results', resultObjects.campaign(campaign))),
  );
  if (isRemote()) return startRemote(checked, options, output);
  if (options.detach) await bringUpInBackground(homeFolder(), output.say);
  return inEmbeddedStack(checked.instanceClasses, output, async (access, stack, closing) => {
    const status = await runCampaign(access, checked, options, output, stack);
    if (process.stdin.isTTY && !options.detach && !stack.attached) await closing.untilSignal();
    return status;
  });
}

const startRemote = (checked: CheckedCampaign, options: StartOptions, output: Output): Promise<number> =>
  withAccess(async (access) => {
    await checkRemoteStart(access, checked.instanceClasses, output.say);
    await requireCodecKeys(access);
    if (options.dryRun) return dryRun(access, checked, output);
    const region = process.env['AWS_REGION'] ?? 'the profile’s region';
    const where = `namespace ${access.temporal.options.namespace}, AWS ${process.env['AWS_PROFILE'] ?? 'default profile'} in ${region}`;
    const { yes = false } = options;
    if (!(await confirmed([], `Start ${checked.campaign} in ${where}?`, { yes, output }))) return exitStatus.failed;
    // Usually the infrastructure has registered the job definitions; behind docker compose this command does.
    const host = runnerHostOf(process.env);
    if (host !== undefined) {
      const batch = await access.openBatch();
      await ensureJobDefinitions(batch, access.settings.jobDefinition, host, checked.instanceClasses);
    }
    return runCampaign(access, checked, options, output);
  });
