import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ociEntries, tarOf } from '../images/image-archives.ts';

/** A campaign as a folder with a campaign file; all submissions have the same tiny image. */
export interface CampaignShape {
  campaign: string;
  /** Submissions of each team. */
  teams: number[];
  slots: { g4: number; p3: number };
  budgetUsd: number;
  /** Without probes: every submission has one job. */
  unprobed?: true;
  /** The true values of the four items, for rmse; absent: 0 and 1, for log-loss. */
  labels?: readonly string[];
  /** The host has a scanner that finds something, and the image has a base. */
  scanned?: true;
  /** Operators see pseudonyms, and names are unmistakable: `zz-canary-3` of team `ZZ Canary 3` hands in `zz-canary-3.model-1`. */
  blind?: true;
}

const inputs = ['a.bin', 'b.bin', 'c.bin', 'd.bin'];

/** Submissions by team in the proportion of the case, 4,200 of 2,300 teams; the first teams have two each. */
export const teamsOfTheCase = (submissions: number): number[] => {
  const teams = Math.round((submissions * 2300) / 4200);
  return Array.from({ length: teams }, (_, team) => (team < submissions - teams ? 2 : 1));
};

/** Writes the folder; returns its campaign file. */
export async function writeCampaignFolder(folder: string, shape: CampaignShape): Promise<string> {
  for (const part of ['inputs', 'sample']) mkdirSync(join(folder, part), { recursive: true });
  for (const name of inputs) writeFileSync(join(folder, 'inputs', name), name);
  writeFileSync(join(folder, 'sample', 'a.bin'), 'a.bin');
  writeFileSync(
    join(folder, 'labels.csv'),
    ['id,label', ...inputs.map((name, n) => `${name},${shape.labels?.[n] ?? n % 2}`), ''].join('\n'),
  );
  writeFileSync(join(folder, 'image.tar'), await tarOf(await ociEntries({ layers: shape.scanned ? 3 : 1 })));
  const rows = shape.teams.flatMap((count, team) =>
    Array.from({ length: count }, (_, n) => {
      const names = shape.blind
        ? `zz-canary-${team},ZZ Canary ${team},zz-canary-${team}.model-${n}`
        : `t${team},Team ${team},s${team}-${n}`;
      return `${names},image.tar,2026-01-01T00:00:00Z`;
    }),
  );
  writeFileSync(join(folder, 'submissions.csv'), `team,teamName,submission,image,submittedAt\n${rows.join('\n')}\n`);
  const file = join(folder, 'campaign.yaml');
  writeFileSync(file, campaignFile(shape));
  return file;
}

const campaignFile = ({
  campaign,
  slots,
  budgetUsd,
  unprobed,
  scanned,
  blind,
  labels,
}: CampaignShape): string => `campaign: ${campaign}
metric: ${labels ? 'rmse' : 'log-loss'}
predictions: { file: predictions.csv, id: id, value: label, maxBytes: 1MiB, missing: reject }
inputs: { testSet: ./inputs, ${unprobed ? '' : 'sampleSet: ./sample, '}labels: ./labels.csv }
submissions: ./submissions.csv
${blind ? '' : 'teamNames: shown\n'}deadline: 3w
budget: { usd: ${budgetUsd} }
limits: { wallClock: 9h, wallClockOn: p3, memory: 14GiB, pids: 512, output: 1GiB, image: 1GiB, sharedMemory: 1GiB, attempts: 3, platformRuns: 5 }
leaderboard: { perTeam: best, ties: earliest, order: ascending }
fairness: { perTeamInFlight: 2, seed: 2020 }
${scanned ? "scan: { command: [sh, -c, 'echo found in an image; exit 1'], onFinding: flag }\n" : ''}instanceClasses:
  - { name: g4, kind: gpu, gpu: nvidia, queue: simulated-g4, gpuMemoryMiB: 15109, vcpus: 4, memoryMiB: 15000, usdPerHour: 0.526, relativeSpeed: 1, slots: ${slots.g4}, purchase: on-demand }
  - { name: p3, kind: gpu, gpu: nvidia, queue: simulated-p3, gpuMemoryMiB: 16160, vcpus: 8, memoryMiB: 60000, usdPerHour: 3.06, relativeSpeed: 2.14, slots: ${slots.p3}, purchase: on-demand }
`;

/** The behaviour of submissions, by name where it differs from a successful hour on a G4. */
export const populationFile = (submissions: Record<string, object>): object => ({
  others: {
    usesGpu: true,
    gpuMemoryMiB: 8_000,
    hostMemoryMiB: 4_000,
    startUpSeconds: 60,
    secondsPerItem: 900,
    cpuSecondsPerItem: 9_000,
    spread: 0.4,
    end: 'predictions',
  },
  submissions,
  classes: { g4: {}, p3: { gpuSpeed: 2.14 } },
  predictions: { id: 'id', value: 'label' },
});
