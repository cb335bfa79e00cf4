import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import { openAccess, type Access } from '../../../src/client/access.ts';
import { readyBatch } from '../../../src/client/stack/ready-batch.ts';
import { checkCampaign } from '../../../src/intake/check-campaign.ts';
import { freezeCampaign } from '../../../src/intake/freeze-campaign.ts';
import { enterEnvironment } from '../../../src/local/stack/parts/environment.ts';
import { openStack } from '../../../src/local/stack/open-stack.ts';
import { placesOf } from '../../../src/local/stack/home/home.ts';
import { makeSealKey } from '../../../src/sealing/seal-keys.ts';
import { populationFile, writeCampaignFolder, type CampaignShape } from './simulated-campaign.ts';

export interface SimulatedStack {
  access: Access;
  /** Contains all its state, from which a later stack can continue. */
  folder: string;
  home: string;
  close: () => Promise<void>;
}

export interface SimulatedStackOptions {
  slots: CampaignShape['slots'];
  /** Simulated seconds per second. */
  timeScale: number;
  /** Deviations from one hour on a G4, by submission. */
  submissions?: Record<string, object>;
}

const report = (line: string): boolean => process.stderr.write(`${line}\n`);

/** An embedded stack whose jobs are simulated; continues from the state in the folder. */
export async function openSimulatedStack(
  folder: string,
  { slots, timeScale, submissions }: SimulatedStackOptions,
): Promise<SimulatedStack> {
  mkdirSync(folder, { recursive: true });
  const population = join(folder, 'population.json');
  writeFileSync(population, JSON.stringify(populationFile(submissions ?? {})));
  const home = join(folder, 'home');
  const stack = await openStack({
    home,
    queues: Object.entries(slots).map(([kind, count]) => ({ name: `simulated-${kind}`, slots: count })),
    report,
    ports: { temporal: 0, ui: 0, s3: 0, batch: 0 },
    simulation: { population, timeScale, seed: 1 },
  });
  enterEnvironment(stack.environment);
  const access = await openAccess();
  const close = async (): Promise<void> => {
    await access.close();
    await stack.close();
  };
  return { access, folder, home, close };
}

/** Writes a campaign and freezes it, unless it is already frozen. */
export async function handInSimulated(
  { access, folder, home }: SimulatedStack,
  shape: CampaignShape,
): Promise<FrozenCampaign> {
  const checked = await checkCampaign(await writeCampaignFolder(join(folder, shape.campaign), shape), new Date());
  await readyBatch(await access.openBatch(), access.settings.jobDefinition, checked.instanceClasses);
  const sealFor = (campaign: string) => makeSealKey(placesOf(home).sealKeys, campaign);
  return (await freezeCampaign({ store: access.store, buckets: access.buckets, report, sealFor }, checked)).frozen;
}
