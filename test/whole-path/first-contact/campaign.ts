import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases, deviceCases, type Case } from './cases.ts';

/** Writes a campaign of the given cases into a folder and returns its file. */
async function writeCampaign(
  parent: string,
  campaign: string,
  handIn: Record<string, Case>,
  classes: string[],
): Promise<string> {
  const folder = join(parent, campaign);
  mkdirSync(join(folder, 'inputs'), { recursive: true });
  for (const id of 'abcd') writeFileSync(join(folder, 'inputs', `${id}.mp4`), id);
  writeFileSync(join(folder, 'labels.csv'), 'filename,label\na.mp4,0\nb.mp4,1\nc.mp4,0\nd.mp4,1\n');
  const rows = await Promise.all(
    Object.entries(handIn).map(async ([name, { write, row = {} }]) => {
      await write(join(folder, `${name}.tar`));
      return `t-${name},Team ${name},${name},./${name}.tar,2020-03-01,${row.args ?? ''}`;
    }),
  );
  writeFileSync(
    join(folder, 'submissions.csv'),
    ['team,teamName,submission,image,submittedAt,args', ...rows, ''].join('\n'),
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
instanceClasses:
${classes.map((row) => `  - { ${row}, vcpus: 1, memoryMiB: 1024 }\n`).join('')}`,
  );
  return join(folder, 'campaign.yaml');
}

export const writeCases = (folder: string): Promise<string> =>
  writeCampaign(folder, 'first-contact', cases, [
    'name: small, kind: cpu, queue: holdout-cpu, usdPerHour: 0.5, slots: 4',
  ]);

export const writeDeviceCases = (folder: string): Promise<string> =>
  writeCampaign(folder, 'first-devices', deviceCases, [
    'name: small, kind: gpu, gpu: emulated, gpuMemoryMiB: 16, queue: holdout-small, usdPerHour: 0.5, slots: 2',
    'name: big, kind: gpu, gpu: emulated, gpuMemoryMiB: 32, queue: holdout-big, usdPerHour: 3, slots: 2',
  ]);
