import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CampaignPlan } from '../../../src/campaign/planning/plan.ts';
import { exitOfError, exitStatus } from '../../../src/client/exit-status.ts';
import type { PlanOptions } from '../../../src/client/plan/plan-options.ts';
import { planCampaign } from '../../../src/client/plan/plan-campaign.ts';
import { HoldoutError } from '../../../src/errors.ts';

const yaml = `campaign: small
metric: log-loss
inputs: { testSet: ./inputs, sampleSet: ./sample, labels: ./labels.csv }
submissions: ./submissions.csv
deadline: 3d
budget: { usd: 500 }
expect: { runtime: 4h, on: g4 }
limits: { wallClock: 9h, wallClockOn: p3, memory: 14GiB }
instanceClasses:
  - { name: g4, kind: gpu, queue: g4, gpuMemoryMiB: 15109, vcpus: 4, memoryMiB: 15000, usdPerHour: 0.526, slots: 4 }
  - { name: p3, kind: gpu, queue: p3, gpuMemoryMiB: 16160, vcpus: 8, memoryMiB: 60000, usdPerHour: 3.06, relativeSpeed: 2, slots: 2 }
  - { name: c4, kind: cpu, queue: c4, vcpus: 16, memoryMiB: 29000, usdPerHour: 0.796, relativeSpeed: 3, slots: 2, wallClock: 24h }
`;

describe('holdout plan', () => {
  const root = mkdtempSync(join(tmpdir(), 'plan-'));
  const ambient = process.env;
  let written = 0;
  before(() => {
    process.env = { ...ambient, HOLDOUT_HOME: join(root, 'home') };
  });
  after(() => {
    process.env = ambient;
    rmSync(root, { recursive: true });
  });

  /** A campaign of 40 submissions whose file was changed; ten inputs, one of them in the sample. */
  function campaign(change?: (yaml: string) => string): string {
    const folder = join(root, String((written += 1)));
    for (const part of ['inputs', 'sample']) mkdirSync(join(folder, part), { recursive: true });
    const inputs = Array.from({ length: 10 }, (_, n) => `${n}.mp4`);
    for (const name of inputs) writeFileSync(join(folder, 'inputs', name), name);
    writeFileSync(join(folder, 'sample', '0.mp4'), '0');
    writeFileSync(
      join(folder, 'labels.csv'),
      ['filename,label', ...inputs.map((name, n) => `${name},${n % 2}`), ''].join('\n'),
    );
    const rows = Array.from({ length: 40 }, (_, n) => `t${n % 20},Team,s${n},s3://hand-in/${n}.tar,2026-01-01`);
    writeFileSync(join(folder, 'submissions.csv'), `team,teamName,submission,image,submittedAt\n${rows.join('\n')}\n`);
    const changed = change?.(yaml);
    assert.notEqual(changed, yaml);
    writeFileSync(join(folder, 'campaign.yaml'), changed ?? yaml);
    return join(folder, 'campaign.yaml');
  }

  async function planText(file: string, options: PlanOptions = {}): Promise<string> {
    const results: string[] = [];
    const output = { say: () => undefined, result: (text: string) => void results.push(text) };
    assert.equal(await planCampaign(file, options, output), exitStatus.done);
    assert.equal(results.length, 1);
    return results[0] ?? '';
  }
  const planned = async (file: string, options: PlanOptions = {}): Promise<CampaignPlan> =>
    JSON.parse(await planText(file, { ...options, json: true })) as CampaignPlan;
  const middle = async (file: string, options: PlanOptions = {}) => {
    const [first] = (await planned(file, options)).mixes;
    assert.ok(first);
    return first;
  };
  async function refused(file: string, options: PlanOptions = {}): Promise<string> {
    const failed: unknown = await planText(file, options).catch((error: unknown) => error);
    assert.ok(failed instanceof HoldoutError, String(failed));
    assert.equal(exitOfError(failed), exitStatus.badInput);
    return failed.message;
  }

  it('prints a table with the mixes, and leaves a picture beside the file', async () => {
    const file = campaign();
    const text = await planText(file);
    for (const mix of ['all, as Holdout decides', 'g4 alone', 'p3 alone']) assert.match(text, new RegExp(mix));
    assert.match(text, /c4 alone is not planned/);
    assert.match(readFileSync(file.replace('.yaml', '.plan.svg'), 'utf8'), /^<svg /);
  });

  it('writes the picture to a given file', async () => {
    const file = campaign();
    const svg = join(root, 'elsewhere.svg');
    await planText(file, { svg });
    assert.ok(existsSync(svg) && !existsSync(file.replace('.yaml', '.plan.svg')));
  });

  it('plans with other slots: faster at no higher cost', async () => {
    const file = campaign();
    const few = await middle(file);
    const many = await middle(file, { slots: ['g4=20', 'p3=10'] });
    assert.ok(many.seconds.p50 < few.seconds.p50 / 2);
    assert.deepEqual(many.costMicroUsd, few.costMicroUsd);
    assert.deepEqual(many.slots, { g4: 20, c4: 2, p3: 10 });
  });

  it('plans with some classes alone; each keeps its time limit and expectation', async () => {
    const file = campaign();
    const { mixes } = await planned(file);
    const { mixes: only } = await planned(file, { only: ['g4'] });
    assert.deepEqual(
      only,
      mixes.filter(({ mix }) => mix === 'g4 alone'),
    );
  });

  it('plans with Spot: cheaper, with losses, and says by what share', async () => {
    const file = campaign();
    const onDemand = await middle(file);
    const spot = await middle(file, { spot: '40%' });
    assert.ok(spot.costMicroUsd.p50 < 0.5 * onDemand.costMicroUsd.p50);
    assert.ok(spot.costMicroUsd.p50 > 0.4 * onDemand.costMicroUsd.p50, 'lost runs are paid');
    const text = await planText(file, { spot: true });
    assert.match(text, /at 56 % of their price: the highest/);
    assert.match(text, /reclaimed at 0\.5 % per running hour/);
  });

  it('plans a class that is Spot in the file at its own price', async () => {
    const spot = (text: string): string => text.replace('usdPerHour: 0.526', 'usdPerHour: 0.1, purchase: spot');
    const file = campaign(spot);
    const changed = await planned(file, { only: ['g4'], spot: '40%' });
    assert.deepEqual(changed.mixes, (await planned(file, { only: ['g4'] })).mixes);
  });

  it('asks for more machines with a margin', async () => {
    const file = campaign();
    const { machines } = await middle(file, { margin: '50%' });
    const { machines: more } = await middle(file, { margin: '150%' });
    assert.ok(machines && more);
    assert.ok(machines.withMargin > machines.enough && machines.withMargin <= Math.ceil(machines.enough * 1.5));
    assert.ok(more.withMargin > machines.withMargin && more.withMargin <= Math.ceil(machines.enough * 2.5));
  });

  it('plans a campaign without GPUs and does not mention any', async () => {
    const file = campaign((text) =>
      text
        .replaceAll(/  - { name: [gp].*\n/g, '')
        .replace('wallClockOn: p3', 'wallClockOn: c4')
        .replace('on: g4', 'on: c4'),
    );
    const { mixes, unknowns } = await planned(file);
    assert.deepEqual(
      mixes.map(({ mix }) => mix),
      ['c4 alone'],
    );
    // Four hours each, and the probe's tenth of them.
    assert.equal(Math.round(mixes[0]?.hours.p50 ?? 0), 40 * 4.4);
    assert.doesNotMatch(unknowns.join(), /device/);
  });

  it('assumes no submission that fits no GPU, with one size or with the larger one alone', async () => {
    const withLargeShare = (text: string): string => text.replace('on: g4 }', 'on: g4, outOfGpuMemory: 25% }');
    const large = await middle(campaign(withLargeShare), { only: ['p3', 'c4'] });
    assert.equal(large.scored.p50, 1);
    const oneSize = campaign((text) =>
      text.replace(/  - { name: p3.*\n/, '').replace('wallClockOn: p3', 'wallClockOn: g4'),
    );
    const { mixes } = await planned(oneSize);
    assert.deepEqual(
      mixes.map(({ scored }) => scored.p10),
      [1, 1],
    );
    assert.equal((await middle(campaign(withLargeShare), { only: ['g4', 'c4'] })).scored.p50, 0.75);
  });

  it('sends to the cheapest class what a campaign sends there, even if a faster class allows more time', async () => {
    const slow = (text: string): string =>
      text.replace('wallClockOn: p3', 'wallClockOn: g4').replace('4h, on: g4', '8h, on: g4, outOfGpuMemory: 0%');
    const { hoursOn } = await middle(campaign(slow));
    assert.equal(hoursOn['p3'], 0);
    assert.ok((hoursOn['g4'] ?? 0) > 0);
  });

  it('has bounds of the whole wall clock even if a class has its own', async () => {
    const own = (text: string): string =>
      text.replace(/expect: .*\n/, '').replace('slots: 4 }', 'slots: 4, wallClock: 12h }');
    const { mixes } = await planned(campaign(own), { only: ['g4', 'p3'] });
    const hours = Object.fromEntries(mixes.map(({ mix, hours: { p50 } }) => [mix, Math.round(p50)]));
    assert.deepEqual([hours['g4 alone'], hours['p3 alone']], [Math.round(40 * 12 * 1.1), Math.round(40 * 9 * 1.1)]);
  });

  it('names the budget from which no run waits for money', async () => {
    const { budgetMicroUsd, neverWaitingMicroUsd } = await middle(campaign());
    assert.ok(neverWaitingMicroUsd.p50 > budgetMicroUsd.p50);
    const between = Math.ceil((budgetMicroUsd.p50 + neverWaitingMicroUsd.p50) / 2e6);
    const tight = await planText(campaign((text) => text.replace('usd: 500', `usd: ${between}`)));
    assert.match(tight, /with a budget of at least \$\d+\.\d\d, no run waits for money/);
    assert.doesNotMatch(await planText(campaign((text) => text.replace('usd: 500', 'usd: 5000'))), /waits for money/);
  });

  it('is an upper bound without an expectation and says so', async () => {
    const file = campaign((text) => text.replace(/expect: .*\n/, ''));
    const plan = await planned(file);
    assert.equal(plan.basis, 'upper-bound');
    const [all, g4, p3] = plan.mixes;
    // Each may need the larger GPU and run out of memory only at the end on the smaller one.
    const [most = 0, onG4 = 0, onP3 = 0] = [all, g4, p3].map((mix) => mix?.costMicroUsd.p50);
    assert.ok(most >= onG4 + onP3 * 0.9, `${most} of ${onG4} and ${onP3}`);
    assert.equal(g4?.hours.p10, g4?.hours.p90);
    // Nine hours on a P3 are eighteen on a G4, and the probe's tenth of them.
    assert.equal(Math.round(g4?.hours.p50 ?? 0), Math.round(40 * 18 * 1.1));
    assert.match(await planText(file), /upper bound if no run is lost, not a forecast/);
  });

  it('says that an expectation beyond the wall clock is cut off there', async () => {
    const file = campaign((text) => text.replace('runtime: 4h, on: g4', 'runtime: 40h, on: g4'));
    assert.match(await planText(file), /expect\.runtime exceeds the wall clock; the plan uses the wall clock, 18 h/);
  });

  it('says what is not known without a sample set', async () => {
    const file = campaign((text) => text.replace('sampleSet: ./sample, ', ''));
    assert.match(await planText(file), /no sample set, so nothing is probed: every submission starts on g4/);
  });

  it('says that a price of 0 hides the cost', async () => {
    const file = campaign((text) => text.replace('usdPerHour: 0.526', 'usdPerHour: 0'));
    assert.match(await planText(file), /g4 has a price of 0/);
  });

  it('refuses a class without a price and a GPU of unknown memory, and says why', async () => {
    const file = campaign((text) => text.replace('usdPerHour: 0.526, ', '').replace('gpuMemoryMiB: 16160, ', ''));
    const message = await refused(file);
    assert.match(message, /:10: instanceClasses\[0\]\.usdPerHour is missing.*planning needs it/);
    assert.match(message, /:11: instanceClasses\[1\]\.gpuMemoryMiB is missing.*tell what fits on a class of kind gpu/);
  });

  it('refuses an impossible expectation', async () => {
    const impossible = '{ runtime: 4h, on: g4, startUp: 5h, outOfGpuMemory: 60%, withoutGpu: 50% }';
    const message = await refused(campaign((text) => text.replace(/expect: .*/, `expect: ${impossible}`)));
    assert.match(message, /:7: expect\.startUp must be less than expect\.runtime/);
    assert.match(message, /:7: expect\.withoutGpu plus expect\.outOfGpuMemory must not exceed 100%/);
  });

  it('refuses options that do not fit the file', async () => {
    const file = campaign();
    assert.match(await refused(file, { slots: ['g5=3'] }), /--slots names "g5", which is not an instance class/);
    assert.match(await refused(file, { slots: ['g4=0'] }), /--slots is "g4=0", must be CLASS=N, N from 1 to 10000/);
    assert.match(await refused(file, { slots: ['g4=10001'] }), /--slots is "g4=10001", must be CLASS=N/);
    assert.match(await refused(file, { slots: ['g4=5', 'g4=7'] }), /--slots names "g4" twice/);
    assert.match(await refused(file, { slots: ['g4=5'], only: ['p3'] }), /--slots names "g4", which --only excludes/);
    assert.match(await refused(file, { only: ['P3'] }), /--only names "P3".*did you mean p3\?/);
    assert.match(await refused(file, { spot: 'cheap' }), /--spot is "cheap", must be a share/);
    assert.match(await refused(file, { margin: '1.5' }), /--margin is "1.5", must be a share/);
    assert.match(await refused(file, { margin: '1001%' }), /--margin is "1001%", must be a share .* up to 1000%/);
    assert.match(await refused(file, { svg: join(root, 'no', 'folder', 'a.svg') }), /picture cannot be written/);
  });
});
