import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HoldoutError } from '../../src/errors.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';

export const now = new Date('2026-11-23T12:00:00Z');
export const campaignYaml = `campaign: deepfake-final
metric: log-loss
predictions: { file: predictions.csv, id: filename, value: label, maxBytes: 50MiB, missing: reject }
inputs: { testSet: ./private/inputs, sampleSet: ./public/sample, labels: ./private/labels.csv }
submissions: ./submissions.csv
deadline: 3w
budget: { usd: 50000, rerunReserve: 10% }
expect: { runtime: 10h, on: p3.2xlarge }
limits: { wallClock: 9h, wallClockOn: p3.2xlarge, memory: 14GiB, pids: 512, output: 1GiB, image: 10GiB, sharedMemory: 1GiB, attempts: 3, platformRuns: 5 }
leaderboard: { perTeam: best, ties: earliest, order: ascending }
fairness: { perTeamInFlight: 2, seed: 2020, weights: { team-42: 2 } }
instanceClasses:
  - { name: p3.2xlarge, kind: gpu, gpu: nvidia, queue: holdout-p3, gpuMemoryMiB: 16160, vcpus: 8, memoryMiB: 60000, usdPerHour: 3.06, relativeSpeed: 2.14, slots: 20, purchase: on-demand }
  - { name: g4dn.xlarge, kind: gpu, queue: holdout-g4, gpuMemoryMiB: 15109, vcpus: 4, memoryMiB: 15000, usdPerHour: 0.526, slots: 85, purchase: spot }
  - { name: c4.4xlarge, kind: cpu, queue: holdout-c4, vcpus: 16, memoryMiB: 29000, usdPerHour: 0.796, relativeSpeed: 1, slots: 20, purchase: on-demand, wallClock: 24h, runnableLimit: 90m }
`;
export const files: Record<string, string> = {
  'campaign.yaml': campaignYaml,
  'private/inputs/a.mp4': 'a',
  'private/inputs/b.mp4': 'b',
  'public/sample/a.mp4': 'a',
  'private/labels.csv': 'filename,label\na.mp4,0\nb.mp4,1\n',
  'images/one.tar': 'tar',
  'submissions.csv': `team,teamName,submission,image,submittedAt,publicScore
team-42,"Nous, les Faux",s-1,images/one.tar,2020-03-31T23:59:00Z,0.42
team-42,"Nous, les Faux",s-2,s3://hand-in/two.tar,2020-03-30,
team-7,Seven,s-3,docker://registry.example.org/team-7/model:v1,2020-03-29 10:00,
`,
};

/** Files by name; null leaves a file out. */
export type Changes = Record<string, string | Buffer | null>;

export const edited = (from: string | RegExp, to: string): Record<string, string> => {
  const yaml = campaignYaml.replace(from, to);
  assert.notEqual(yaml, campaignYaml);
  return { 'campaign.yaml': yaml };
};

/** Writes campaigns with changed files below a temporary folder, until `remove`. */
export class CampaignFolders {
  readonly root = mkdtempSync(join(tmpdir(), 'hand-in-'));
  private written = 0;

  /** Returns the path of the campaign file. */
  write(changes: Changes = {}): string {
    const folder = join(this.root, String((this.written += 1)));
    for (const [name, content] of Object.entries({ ...files, ...changes })) {
      if (content === null) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return join(folder, 'campaign.yaml');
  }

  /** Every fault, without the folder. */
  async faultsOf(changes: Changes): Promise<string[]> {
    const file = this.write(changes);
    const failed = await checkCampaign(file, now).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error('no error')),
    );
    if (failed === undefined) return [];
    assert.ok(failed instanceof HoldoutError && failed.code === 'CAMPAIGN_INVALID', failed.message);
    assert.equal(failed.source, 'user');
    const [, ...faults] = failed.message.replaceAll(`${dirname(file)}/`, '').split('\n  ');
    return faults;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

/** One test for each changed campaign: its faults include the expected one and few others. */
export function testFaults(
  folders: CampaignFolders,
  cases: readonly [what: string, Changes, expected: RegExp][],
): void {
  for (const [what, changes, expected] of cases) {
    it(`names ${what}`, async () => {
      const faults = await folders.faultsOf(changes);
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        `${expected} is not among\n${faults.join('\n')}`,
      );
      assert.ok(faults.length <= 3, faults.join('\n'));
    });
  }
}
