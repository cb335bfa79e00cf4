import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './case.ts';
import { cases } from './cases.ts';
import { deviceCases } from './device-cases.ts';
import { layoutCampaigns } from './layout-cases.ts';

/** Writes a campaign of the given cases into a folder and returns its file. `keys`: more lines of it. */
export async function writeCampaign(
  parent: string,
  campaign: string,
  handIn: Record<string, Case>,
  classes: string[],
  keys: readonly string[] = [],
): Promise<string> {
  const folder = join(parent, campaign);
  mkdirSync(join(folder, 'inputs'), { recursive: true });
  for (const id of 'abcd') writeFileSync(join(folder, 'inputs', `${id}.mp4`), id);
  writeFileSync(join(folder, 'labels.csv'), 'filename,label\na.mp4,0\nb.mp4,1\nc.mp4,0\nd.mp4,1\n');
  const rows = await Promise.all(
    Object.entries(handIn).map(async ([name, { write, row = {} }]) => {
      await write(join(folder, `${name}.tar`));
      const words = [row.command, row.args].map((cell = '') => `"${cell.replaceAll('"', '""')}"`);
      return `t-${name},Team ${name},${name},./${name}.tar,2020-03-01,${words.join()}`;
    }),
  );
  writeFileSync(
    join(folder, 'submissions.csv'),
    ['team,teamName,submission,image,submittedAt,command,args', ...rows, ''].join('\n'),
  );
  const limits =
    'memory: 256MiB, pids: 64, output: 16MiB, image: 200MiB, sharedMemory: 64MiB, attempts: 3, platformRuns: 1';
  writeFileSync(
    join(folder, 'campaign.yaml'),
    `campaign: ${campaign}
metric: log-loss
inputs: { testSet: ./inputs, labels: ./labels.csv }
submissions: ./submissions.csv
deadline: 1h
budget: { usd: 1000 }
limits: { wallClock: 30s, wallClockOn: small, ${limits} }
${keys.map((key) => `${key}\n`).join('')}instanceClasses:
${classes.map((row) => `  - { ${row}, vcpus: 1, memoryMiB: 1024 }\n`).join('')}`,
  );
  return join(folder, 'campaign.yaml');
}

export const processors = ['name: small, kind: cpu, queue: holdout-cpu, usdPerHour: 0.5, slots: 4'];

export const writeCases = (folder: string): Promise<string> =>
  writeCampaign(folder, 'first-contact', cases, processors);

/** One campaign for each set of keys, since a campaign has one layout. */
export const writeLayoutCases = (folder: string): Promise<string[]> =>
  Promise.all(
    Object.entries(layoutCampaigns).map(([name, { keys, cases: handIn }]) =>
      writeCampaign(folder, name, handIn, processors, keys),
    ),
  );

export const writeDeviceCases = (folder: string): Promise<string> =>
  writeCampaign(folder, 'first-devices', deviceCases, [
    'name: small, kind: gpu, gpu: emulated, gpuMemoryMiB: 16, queue: holdout-small, usdPerHour: 0.5, slots: 2',
    'name: big, kind: gpu, gpu: emulated, gpuMemoryMiB: 32, queue: holdout-big, usdPerHour: 3, slots: 2',
  ]);
