import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../src/local/project-root.ts';
import { ownLibraries } from '../../../src/runner/isolation/own-libraries.ts';
import { buildImage } from '../../support/images/oci-image.ts';

/** The classes of the campaign: memory of the T4 and of the L40S. */
export const gpuClasses = [
  { name: 't4', queue: 'holdout-t4', gpuMemoryMiB: 15_360, usdPerHour: 0.526, relativeSpeed: 1 },
  { name: 'l40s', queue: 'holdout-l40s', gpuMemoryMiB: 46_068, usdPerHour: 1.861, relativeSpeed: 2 },
] as const;

/** Of the sample set and of the test set. */
const [sampleItems, testItems] = [2, 6];

/** MiB of the device that a submission takes for each input. */
const submissions: Readonly<Record<string, number>> = {
  /** Fits everywhere. */
  frugal: 1_000,
  /** The sample takes 6,000 MiB, the test set 18,000: out of memory on the small class alone. */
  greedy: 3_000,
};

/** Writes the campaign with the images of its submissions, and returns its file. */
export async function writeGpuCampaign(folder: string): Promise<string> {
  for (const [set, items] of [
    ['sample', sampleItems],
    ['test', testItems],
  ] as const) {
    mkdirSync(join(folder, set));
    for (let n = 0; n < items; n += 1) writeFileSync(join(folder, set, `${n}.txt`), `${n}`);
  }
  const rows = Array.from({ length: testItems }, (_, n) => `${n}.txt,${n % 2}`);
  writeFileSync(join(folder, 'labels.csv'), `filename,label\n${rows.join('\n')}\n`);
  const load = buildLoad(folder);
  for (const [name, mebibytes] of Object.entries(submissions)) await writeImage(folder, name, mebibytes, load);
  const entries = Object.keys(submissions).map(
    (name) => `${name}s,${name},${name},./${name}.tar,2020-03-24T09:12:00Z,`,
  );
  writeFileSync(
    join(folder, 'submissions.csv'),
    `team,teamName,submission,image,submittedAt,publicScore\n${entries.join('\n')}\n`,
  );
  // JSON is YAML.
  writeFileSync(join(folder, 'gpu.yaml'), JSON.stringify(campaign));
  return join(folder, 'gpu.yaml');
}

const campaign = {
  campaign: 'gpu',
  metric: 'log-loss',
  inputs: { testSet: './test', sampleSet: './sample', labels: './labels.csv' },
  submissions: './submissions.csv',
  deadline: '1h',
  budget: { usd: 20 },
  limits: {
    wallClock: '60s',
    wallClockOn: 't4',
    memory: '128MiB',
    pids: 64,
    output: '16MiB',
    image: '100MiB',
    sharedMemory: '64MiB',
  },
  instanceClasses: gpuClasses.map((one) => ({ ...one, kind: 'gpu', vcpus: 1, memoryMiB: 1024, slots: 1 })),
};

function buildLoad(folder: string): Buffer {
  const program = join(folder, 'load');
  const source = join(projectRoot(), 'test/cloud/gpu/load.c');
  execFileSync('gcc', ['-O1', '-o', program, source, '-ldl']);
  return readFileSync(program);
}

async function writeImage(folder: string, name: string, mebibytes: number, load: Buffer): Promise<void> {
  const libraries = await ownLibraries();
  const layout = join(folder, `${name}-layout`);
  buildImage(layout, 'latest', {
    script: `set -e
/load $(($(ls /input | wc -l) * ${mebibytes}))
echo filename,label >/output/predictions.csv
for file in $(ls /input); do echo "$file,0.5" >>/output/predictions.csv; done`,
    files: {
      '/load': { content: load },
      ...Object.fromEntries(libraries.map((library) => [library.name, { content: library.content }])),
    },
  });
  execFileSync('tar', ['-C', layout, '-cf', join(folder, `${name}.tar`), 'oci-layout', 'index.json', 'blobs']);
}
