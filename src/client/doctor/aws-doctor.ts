import { openBatchClients } from '../../batch/batch-clients.ts';
import { quickly } from '../../cloud-checks/aws-call.ts';
import { callerOf, type Caller } from '../../cloud-checks/caller.ts';
import { checkCampaign } from '../../intake/check-campaign.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { note, requirementLines, type Requirement } from '../../requirement.ts';
import { openS3Client } from '../../s3/s3-client.ts';
import { loadSettings, type Settings } from '../../settings.ts';
import { exitStatus } from '../exit-status.ts';
import { attempt } from './attempt.ts';
import { checkIdentity } from './check-account.ts';
import { checkBuckets } from './check-buckets.ts';
import { checkStore } from './check-image-store.ts';
import { checkCodecKeys } from './check-codec-keys.ts';
import { checkInstanceClasses } from './check-classes.ts';
import { checkRoles } from './check-roles.ts';
import { checkTemporal } from './check-temporal.ts';

/**
 * `doctor --aws`: checks the AWS account and the Temporal namespace that the environment names, and with a campaign file also
 * its classes. Only reads. Returns the exit status.
 */
export async function awsDoctor(file: string | undefined, write: (text: string) => void): Promise<number> {
  // The prefix and the owner of the buckets are demanded of remote processes alone.
  process.env['HOLDOUT_STACK'] = 'remote';
  const loaded: { settings?: Settings; classes: readonly InstanceClass[] } = { classes: [] };
  const requirements = [
    await attempt('settings', async () => {
      loaded.settings = loadSettings();
      return `buckets ${loaded.settings.bucketPrefix}holdout-…, owner ${loaded.settings.bucketOwner ?? 'not checked'}`;
    }),
    await campaignFile(file, loaded),
  ];
  if (loaded.settings !== undefined) {
    const ofAws = await checkAws(loaded.settings, loaded.classes);
    const canCompare = ofAws.some((one) => one.what === 'bucket holdout-results' && one.state === 'ok');
    requirements.push(...ofAws, await checkCodecKeys(loaded.settings, canCompare));
  }
  requirements.push(...(await checkTemporal()));
  write(requirementLines(requirements));
  return requirements.some(({ state }) => state === 'MISSING') ? exitStatus.badInput : exitStatus.done;
}

const campaignFile = (file: string | undefined, loaded: { classes: readonly InstanceClass[] }): Promise<Requirement> =>
  attempt('campaign file', async () => {
    if (file === undefined) {
      return note(
        'campaign file',
        'none given: queues, definitions and quotas are not checked; doctor --aws FILE does',
      );
    }
    loaded.classes = (await checkCampaign(file, new Date(), () => true)).instanceClasses;
    return `${file}, classes ${loaded.classes.map(({ name }) => name).join(', ')}`;
  });

async function checkAws(settings: Settings, classes: readonly InstanceClass[]): Promise<Requirement[]> {
  const s3 = openS3Client(settings, quickly);
  const { batch, submitter } = openBatchClients();
  try {
    const found: { caller?: Caller } = {};
    const key = await attempt('region and key', async () => {
      found.caller = await callerOf(s3);
      return `${found.caller.region}, key ${found.caller.accessKeyId}`;
    });
    if (found.caller === undefined) return [key];
    const { requirements, identity } = await checkIdentity(found.caller, settings);
    // With a key that AWS refuses, every further line would say the same.
    if (requirements.some(({ state }) => state === 'MISSING')) return [key, ...requirements];
    return [
      key,
      ...requirements,
      ...(await checkBuckets(s3, settings, found.caller)),
      ...(await checkStore(settings, found.caller)),
      ...(await checkInstanceClasses(batch, classes, settings, found.caller)),
      ...(identity
        ? await checkRoles(
            identity,
            classes.map(({ queue }) => queue),
            settings,
            found.caller,
          )
        : []),
    ];
  } finally {
    for (const client of [s3, batch, submitter]) client.destroy();
  }
}
