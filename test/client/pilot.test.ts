import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { PilotRecord } from '../../src/campaign/planning/pilot.ts';
import type { CampaignPlan } from '../../src/campaign/planning/plan.ts';
import { exitStatus } from '../../src/client/exit-status.ts';
import type { PlanOptions } from '../../src/client/plan-options.ts';
import { planCampaign } from '../../src/client/plan.ts';
import { HoldoutError } from '../../src/errors.ts';
import { ociEntries, tarOf } from '../support/image-archives.ts';
import { openSimulatedStack, type SimulatedStack } from '../support/simulated-stack.ts';
import { writeCampaignFolder } from '../support/simulated-campaign.ts';

/** A pilot through the real stack: server, workers, S3 and Batch endpoint, with simulated jobs. */
describe('plan --pilot', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'pilot-'));
  const ambient = process.env;
  let stack: SimulatedStack;
  let file: string;
  before(async () => {
    const slots = { g4: 8, p3: 8 };
    stack = await openSimulatedStack(folder, {
      slots,
      timeScale: 3_600,
      submissions: { 's1-0': { gpuMemoryMiB: 15_600 }, 's2-0': { usesGpu: false, cpuSecondsPerItem: 900 } },
    });
    process.env['HOLDOUT_HOME'] = stack.home;
    file = await writeCampaignFolder(join(folder, 'campaign'), {
      campaign: 'piloted',
      teams: [1, 1, 1, 1, 1, 1],
      slots,
      budgetUsd: 500,
    });
    await handInForOtherMachines('s3-0');
  });
  after(async () => {
    await stack.close();
    process.env = ambient;
    rmSync(folder, { recursive: true, force: true });
  });

  async function handInForOtherMachines(submission: string): Promise<void> {
    const archive = join(folder, 'campaign', 'arm64.tar');
    writeFileSync(archive, await tarOf(await ociEntries({ architecture: 'arm64' })));
    const rows = join(folder, 'campaign', 'submissions.csv');
    writeFileSync(rows, readFileSync(rows, 'utf8').replace(`${submission},image.tar`, `${submission},arm64.tar`));
  }

  async function told(options: PlanOptions): Promise<CampaignPlan> {
    const results: string[] = [];
    const output = { say: () => undefined, result: (text: string) => void results.push(text) };
    assert.equal(await planCampaign(file, { ...options, json: true }, output), exitStatus.done);
    return JSON.parse(results.join('')) as CampaignPlan;
  }

  it('asks before it costs money, and names how much at most', async () => {
    const said: string[] = [];
    const output = { say: (line: string) => void said.push(line), result: () => undefined };
    const failed: unknown = await planCampaign(file, { pilot: '6' }, output).catch((error: unknown) => error);
    assert.ok(failed instanceof HoldoutError && failed.code === 'NOT_CONFIRMED');
    assert.match(said.join('\n'), /runs 6 submissions once on each of g4, p3: at most \$[\d.]+/);
  });

  const recorded = (): PilotRecord =>
    JSON.parse(readFileSync(join(stack.home, 'pilots', 'piloted.json'), 'utf8')) as PilotRecord;

  it('runs each of the sample once on every class', async () => {
    assert.equal((await told({})).basis, 'upper-bound');
    assert.equal((await told({ pilot: '4', yes: true })).basis, 'pilot');
    const runs = recorded().runs.map((run) => `${run.submission} on ${run.class}`);
    assert.equal(new Set(runs).size, 8);
    assert.equal(runs.length, 8);
  });

  it('runs only what is new when it is larger, and plans with what it measured, whatever limits the file has now', async () => {
    const text = readFileSync(file, 'utf8');
    const changed = text.replace('deadline: 3w', 'deadline: 9d').replaceAll(/slots: \d+/g, 'slots: 9');
    assert.notEqual(changed, text);
    writeFileSync(file, changed);
    const before = recorded().runs;
    const plan = await told({ pilot: '6', yes: true });
    const { runs } = recorded();
    assert.deepEqual(
      runs.map((run) => `${run.submission} on ${run.class}`).sort(),
      ['g4', 'p3'].flatMap((on) => [0, 1, 2, 3, 4, 5].map((team) => `s${team}-0 on ${on}`)).sort(),
    );
    for (const run of before) assert.ok(runs.some((same) => isDeepStrictEqual(same, run)));
    const runOf = (submission: string, on: string) =>
      runs.find((run) => run.submission === submission && run.class === on);
    assert.equal(runOf('s1-0', 'g4')?.reason, 'gpu-out-of-memory');
    assert.equal(runOf('s1-0', 'p3')?.reason, null);
    assert.equal(runOf('s2-0', 'g4')?.devicePeakMiB, 0);
    const nothing = { billedSeconds: 0, costMicroUsd: 0, seconds: null, devicePeakMiB: null };
    for (const on of ['g4', 'p3']) {
      const refused = { submission: 's3-0', class: on, reason: 'image-refused', ...nothing };
      assert.deepEqual(runOf('s3-0', on), refused);
    }
    const [all, g4] = plan.mixes;
    assert.equal(Math.round((all?.scored.p50 ?? 0) * 6), 5, 'one image is refused everywhere');
    assert.equal(g4?.mix, 'g4 alone');
    assert.equal(Math.round((g4?.scored.p50 ?? 0) * 6), 4, 'one needs the larger device');
  });

  it('runs nothing when a larger one has been', async () => {
    const before = recorded().runs;
    await told({ pilot: '2', yes: true });
    assert.deepEqual(recorded().runs, before);
  });

  it('goes on being used without --pilot, and the plan says so', async () => {
    const plan = await told({});
    assert.equal(plan.basis, 'pilot');
    assert.match(plan.unknowns[0] ?? '', /^a pilot that ended \d{4}-.* and cost \$/);
  });
});
