import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { dollars } from '../../../src/campaign/model/money.ts';
import type { PilotRecord } from '../../../src/campaign/planning/pilot-sample.ts';
import type { CampaignPlan } from '../../../src/campaign/planning/plan.ts';
import { exitStatus } from '../../../src/client/exit-status.ts';
import type { PlanOptions } from '../../../src/client/plan/plan-options.ts';
import { planCampaign } from '../../../src/client/plan/plan-campaign.ts';
import { HoldoutError } from '../../../src/errors.ts';
import { ociEntries, tarOf } from '../../support/images/image-archives.ts';
import { openSimulatedStack, type SimulatedStack } from '../../support/campaigns/simulated-stack.ts';
import { writeCampaignFolder } from '../../support/campaigns/simulated-campaign.ts';

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

  /** What the last plan printed on stderr. */
  let printed: string[] = [];
  async function pilotPlan(options: PlanOptions): Promise<CampaignPlan> {
    const results: string[] = [];
    printed = [];
    const output = {
      say: (line: string) => void printed.push(line),
      result: (text: string) => void results.push(text),
    };
    assert.equal(await planCampaign(file, { ...options, json: true }, output), exitStatus.done);
    return JSON.parse(results.join('')) as CampaignPlan;
  }

  it('asks before it costs money and names the maximum', async () => {
    const printed: string[] = [];
    const output = { say: (line: string) => void printed.push(line), result: () => undefined };
    const failed: unknown = await planCampaign(file, { pilot: '6' }, output).catch((error: unknown) => error);
    assert.ok(failed instanceof HoldoutError && failed.code === 'NOT_CONFIRMED');
    assert.match(printed.join('\n'), /runs 6 submissions once on each of g4, p3: at most \$[\d.]+/);
  });

  it('runs on the planned classes alone', async () => {
    const printed: string[] = [];
    const output = { say: (line: string) => void printed.push(line), result: () => undefined };
    await assert.rejects(planCampaign(file, { pilot: '6', only: ['g4'] }, output));
    assert.match(printed.join('\n'), /once on g4: at most/);
  });

  const recordFile = (): string => join(stack.home, 'pilots', 'piloted.json');
  const recorded = (): PilotRecord => JSON.parse(readFileSync(recordFile(), 'utf8')) as PilotRecord;
  const edit = (from: string | RegExp, to: string): void => {
    const text = readFileSync(file, 'utf8');
    assert.notEqual(text.replace(from, to), text);
    writeFileSync(file, text.replace(from, to));
  };

  it('runs each submission of the sample once on every class', async () => {
    assert.equal((await pilotPlan({})).basis, 'upper-bound');
    assert.equal((await pilotPlan({ pilot: '4', yes: true })).basis, 'pilot');
    const pilots = [...new Set(recorded().runs.map(({ pilot }) => pilot))];
    const budgets = await Promise.all(
      pilots.map(async (pilot) => (await stack.access.frozen.campaign(pilot)).budget.microUsd),
    );
    assert.equal(budgets.length, 2);
    const announced = /at most (\$[\d.,]*\d),/.exec(printed.join('\n'))?.[1];
    assert.equal(dollars(budgets.reduce((sum, budget) => sum + budget, 0)), announced);
    assert.deepEqual(recorded().begun, []);
    const runs = recorded().runs.map((run) => `${run.submission} on ${run.class}`);
    assert.equal(new Set(runs).size, 8);
    assert.equal(runs.length, 8);
  });

  it('runs only what is new if it is larger, and its measurements apply whatever limits the file has', async () => {
    edit('deadline: 3w', 'deadline: 9d');
    edit(/slots: \d+/g, 'slots: 9');
    edit('usdPerHour: 3.06', 'usdPerHour: 2.5');
    edit('wallClock: 9h', 'wallClock: 8h');
    const before = recorded().runs;
    const plan = await pilotPlan({ pilot: '6', yes: true });
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
    for (const on of ['g4', 'p3']) {
      const { reason, billedSeconds, costMicroUsd, seconds, devicePeakMiB } = runOf('s3-0', on) ?? assert.fail();
      assert.deepEqual(
        [reason, billedSeconds, costMicroUsd, seconds, devicePeakMiB],
        ['image-refused', 0, 0, null, null],
      );
    }
    const [all, g4] = plan.mixes;
    assert.equal(Math.round((all?.scored.p50 ?? 0) * 6), 5, 'one image is refused everywhere');
    assert.equal(g4?.mix, 'g4 alone');
    assert.equal(Math.round((g4?.scored.p50 ?? 0) * 6), 4, 'one needs the larger device');
  });

  it('runs nothing after a larger one', async () => {
    const before = recorded().runs;
    await pilotPlan({ pilot: '2', yes: true });
    assert.deepEqual(recorded().runs, before);
  });

  it('repeats what changed in the file and keeps the rest', async () => {
    const before = recorded().runs;
    const rows = join(folder, 'campaign', 'submissions.csv');
    const text = readFileSync(rows, 'utf8');
    writeFileSync(join(folder, 'campaign', 'new.tar'), await tarOf(await ociEntries({ text: 'another' })));
    writeFileSync(rows, text.replace('s0-0,image.tar', 's0-0,new.tar').replace(/t5,.*\n/, ''));
    edit('memoryMiB: 60000', 'memoryMiB: 61000');
    const { unknowns } = await pilotPlan({ pilot: '5', yes: true });
    assert.match(printed.join('\n'), /\(4 of these 10 runs are already measured\)/);
    assert.doesNotMatch(unknowns.join('\n'), /image|machine/);
    assert.match(
      unknowns.join('\n'),
      /2 measurements of the pilot ignored \(s5-0\): the submission is no longer in the file/,
    );
    const { runs } = recorded();
    assert.deepEqual(runs.slice(0, before.length), before);
    const fresh = runs.slice(before.length).map((run) => `${run.submission} on ${run.class}`);
    assert.deepEqual(fresh.sort(), ['s0-0 on g4', ...[0, 1, 2, 3, 4].map((team) => `s${team}-0 on p3`)]);
    writeFileSync(rows, text);
    edit('memoryMiB: 61000', 'memoryMiB: 60000');
  });

  it('is found again if it is the same, even if the record was lost', async () => {
    rmSync(recordFile());
    await pilotPlan({ pilot: '2', yes: true });
    const { runs } = recorded();
    rmSync(recordFile());
    await pilotPlan({ pilot: '2', yes: true });
    assert.deepEqual(recorded().runs, runs);
  });

  it('continues the campaigns under way when another one is requested', async () => {
    const record = recorded();
    const { runs } = record;
    const begun = runs.map(({ pilot, submission, class: onClass, conditions }) => ({
      pilot,
      submission,
      class: onClass,
      conditions,
    }));
    writeFileSync(recordFile(), JSON.stringify({ ...record, runs: [], begun }));
    await pilotPlan({ pilot: '3', yes: true });
    assert.equal(recorded().runs.length, 6);
    for (const run of runs) assert.ok(recorded().runs.some((same) => isDeepStrictEqual(same, run)));
    assert.deepEqual(recorded().begun, []);
  });

  it('repeats runs that the platform ended', async () => {
    const record = recorded();
    const [lost] = record.runs;
    assert.ok(lost);
    const runs = record.runs.map((run) => (run === lost ? { ...run, reason: 'platform-error' } : run));
    writeFileSync(recordFile(), JSON.stringify({ ...record, runs }));
    const { unknowns } = await pilotPlan({});
    assert.match(unknowns.join('\n'), /1 submission not measured on g4/);
    assert.doesNotMatch((await pilotPlan({ pilot: '3', yes: true })).unknowns.join('\n'), /not measured/);
    const again = recorded().runs.at(-1);
    assert.deepEqual([again?.submission, again?.class, again?.reason], [lost.submission, 'g4', null]);
    assert.notEqual(again?.pilot, lost.pilot);
  });

  it('is used without --pilot too, and the plan says so', async () => {
    const plan = await pilotPlan({});
    assert.equal(plan.basis, 'pilot');
    assert.match(plan.unknowns[0] ?? '', /^a pilot that ended \d{4}-.* and cost \$/);
  });
});
