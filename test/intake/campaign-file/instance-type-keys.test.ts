import assert from 'node:assert/strict';
import { checkCampaign } from '../../../src/intake/check-campaign.ts';
import { CampaignFolders, campaignYaml, now } from '../campaign-folders.ts';

describe('a class with an instance type', () => {
  const folders = new CampaignFolders();
  after(() => folders.remove());
  const head = (campaignYaml.split('instanceClasses:')[0] ?? '').replaceAll('p3.2xlarge', 'g6.xlarge');
  const check = (...rows: string[]) =>
    checkCampaign(
      folders.write({ 'campaign.yaml': `${head}instanceClasses:\n${rows.map((row) => `  - { ${row} }\n`).join('')}` }),
      now,
    );
  const faults = async (row: string): Promise<string> =>
    check('type: g6.xlarge, queue: q, slots: 2', row).then(
      () => 'no fault',
      (error: unknown) => String(error),
    );

  it('has everything else from it', async () => {
    const { instanceClasses } = await check(
      'type: g6e.xlarge, queue: holdout-g6e, slots: 5',
      'type: g6.xlarge, queue: holdout-g6, slots: 20',
      'type: c4.4xlarge, queue: holdout-c4, slots: 3, wallClock: 24h',
    );
    const [c4, g6, g6e] = instanceClasses;
    assert.deepEqual(g6, {
      name: 'g6.xlarge',
      type: 'g6.xlarge',
      kind: 'gpu',
      gpu: 'nvidia',
      gpuMemoryMiB: 23_034,
      queue: 'holdout-g6',
      vcpus: 4,
      memoryMiB: 15_308,
      microUsdPerHour: 804_800,
      relativeSpeed: 1,
      slots: 20,
      purchase: 'on-demand',
      runnableLimitSeconds: 21_600,
    });
    assert.deepEqual([g6e?.gpuMemoryMiB, g6e?.microUsdPerHour], [46_068, 1_861_000]);
    assert.deepEqual([c4?.kind, c4?.gpu, c4?.gpus, c4?.vcpus], ['cpu', undefined, undefined, 16]);
  });

  it('has all GPUs of the type', async () => {
    const { instanceClasses } = await check(
      'type: g6.xlarge, queue: q, slots: 2',
      'type: g6.12xlarge, queue: holdout-g6-4, slots: 2',
    );
    assert.equal(instanceClasses[1]?.gpus, 4);
  });

  it('has what the file states instead', async () => {
    const row =
      'name: big, type: g6e.xlarge, queue: q2, slots: 2, usdPerHour: 2, memoryMiB: 30000, gpuMemoryMiB: 45000';
    const { name, microUsdPerHour, memoryMiB, gpuMemoryMiB } =
      (await check('type: g6.xlarge, queue: q, slots: 2', row)).instanceClasses[1] ?? assert.fail();
    assert.deepEqual([name, microUsdPerHour, memoryMiB, gpuMemoryMiB], ['big', 2_000_000, 30_000, 45_000]);
  });

  const bad: [row: string, expected: RegExp][] = [
    [
      'type: g6.xlrge, queue: q, slots: 1',
      /\.type is "g6\.xlrge", which Holdout does not know: .*did you mean g6\.xlarge/,
    ],
    ['name: x, type: g6.12xlarge, queue: q, slots: 1, gpus: 1', /\.gpus is 1, but g6\.12xlarge has 4 GPUs, and/],
    ['name: x, type: g6.xlarge, queue: q, slots: 1, vcpus: 2', /\.vcpus is 2, but g6\.xlarge has 4, and a job has/],
    [
      'name: x, type: g6.xlarge, queue: q, slots: 1, memoryMiB: 16384',
      /\.memoryMiB is 16384, but g6\.xlarge has 16384/,
    ],
    ['name: x, type: g6.xlarge, queue: q, slots: 1, purchase: spot', /\.usdPerHour is missing, must be an amount/],
  ];
  for (const [row, expected] of bad) {
    it(`is refused: ${row}`, async () => assert.match(await faults(row), expected));
  }
});
