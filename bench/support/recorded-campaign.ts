import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepResult } from '../../src/activities/record-result.ts';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import { publishResults } from '../../src/activities/publish-results.ts';
import { scoreOutput } from '../../src/activities/score-output.ts';
import { specOf } from '../../src/activities/submit-batch-job.ts';
import type { FrozenCampaign, Submission } from '../../src/campaign/model/frozen-campaign.ts';
import { costMicroUsd } from '../../src/campaign/model/money.ts';
import { runKeyOf } from '../../src/ids.ts';
import { inParallel } from '../../src/in-parallel.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';
import { freezeCampaign } from '../../src/intake/freeze-campaign.ts';
import { FrozenReader } from '../../src/ledger/frozen-reader.ts';
import { loadPopulation } from '../../src/local/batch-endpoint/executors/population-file.ts';
import { SimulatedProcess } from '../../src/local/batch-endpoint/executors/simulated-process.ts';
import { SimulatedRunner } from '../../src/local/batch-endpoint/executors/simulated-runner.ts';
import { runObjects } from '../../src/object-keys.ts';
import type { ObjectStore } from '../../src/s3/object-store.ts';
import { makeSealKey, SealKeys } from '../../src/sealing/seal-keys.ts';
import type { Buckets } from '../../src/settings.ts';
import {
  populationFile,
  writeCampaignFolder,
  type CampaignShape,
} from '../../test/support/campaigns/simulated-campaign.ts';

/** So fast that a simulated run takes no time. */
const timeScale = 1e9;
const image = { reference: 'oci:images:tiny', digest: `sha256:${'0'.repeat(64)}` };

/**
 * Writes the whole record of a campaign without Temporal and Batch: the intake, a simulated runner and the activities write the
 * same objects as in a campaign. Every submission has a probe and an evaluation. Returns the keys that open its predictions.
 */
export async function recordCampaign(
  { store, buckets }: { store: ObjectStore; buckets: Buckets },
  folder: string,
  shape: CampaignShape,
): Promise<SealKeys> {
  const checked = await checkCampaign(await writeCampaignFolder(folder, shape), new Date());
  const keys = join(folder, 'seal-keys');
  const sealFor = (campaign: string): Promise<string> => makeSealKey(keys, campaign);
  const { frozen } = await freezeCampaign({ store, buckets, report: () => undefined, sealFor }, checked);
  const results = { store, bucket: buckets.results };
  // What the activities below need of it.
  const deps = {
    store,
    buckets,
    results,
    runs: { store, bucket: buckets.runs },
    frozen: new FrozenReader(results),
    sealKeys: new SealKeys(keys),
  } as Dependencies;
  const file = join(folder, 'population.json');
  writeFileSync(file, JSON.stringify(populationFile({})));
  const runner = new SimulatedRunner({ store, buckets, population: loadPopulation(file), seed: 1 });
  const rows = (await deps.frozen.manifest(frozen.campaign)).teams.flatMap(({ submissions }) => submissions);
  await inParallel(16, rows, (row) => recordSubmission(deps, runner, frozen, row));
  await publishResults(deps, { campaign: frozen.campaign, rest: null });
  return deps.sealKeys;
}

async function recordSubmission(
  deps: Dependencies,
  runner: SimulatedRunner,
  frozen: FrozenCampaign,
  row: Submission,
): Promise<void> {
  const { campaign } = frozen;
  const { submission, team } = row;
  const [instanceClass] = frozen.instanceClasses;
  if (instanceClass === undefined) throw new RangeError('no class');
  const { name, microUsdPerHour } = instanceClass;
  const runs = [];
  for (const [n, purpose] of [
    [1, 'probe'],
    [2, 'evaluation'],
  ] as const) {
    const order = { campaign, submission, n, purpose, class: name, moreSharedMemory: false, image };
    const runKey = runKeyOf(campaign, submission, n);
    const spec = `${JSON.stringify(specOf(frozen, row, order), null, 2)}\n`;
    await deps.store.writeOnce(deps.buckets.runs, runObjects.spec(runKey), spec);
    const jobId = `${submission}-${n}`;
    await runner.run({ jobId, runKey, process: new SimulatedProcess(Date.now(), timeScale) });
    const billed = { billedSeconds: 3_600, costMicroUsd: costMicroUsd(3_600, microUsdPerHour) };
    runs.push({ n, purpose, class: name, jobId, reason: null, ...billed });
  }
  const { key, digest } = await scoreOutput(deps, { campaign, submission, n: 2, sequence: 1 });
  const round = { campaign, submission, team, sequence: 1, runs, score: { key, digest }, image: image.digest };
  await keepResult(deps, { ...round, state: 'finished', reason: null, detail: null });
}
