import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runConditions } from '../../../src/campaign/planning/pilot-conditions.ts';
import type { PilotRun } from '../../../src/campaign/planning/pilot-sample.ts';
import type { CampaignPlan } from '../../../src/campaign/planning/plan.ts';
import { exitOfError, exitStatus } from '../../../src/client/exit-status.ts';
import { conditionsOf } from '../../../src/client/pilot/conditions-of-file.ts';
import { savePilot } from '../../../src/client/pilot/pilot-record.ts';
import type { PlanOptions } from '../../../src/client/plan/plan-options.ts';
import { planCampaign } from '../../../src/client/plan/plan-campaign.ts';
import { HoldoutError } from '../../../src/errors.ts';
import { checkCampaign } from '../../../src/intake/check-campaign.ts';
import { writeCampaignFolder } from '../../support/campaigns/simulated-campaign.ts';

describe('a plan by the record of a pilot', () => {
  const root = mkdtempSync(join(tmpdir(), 'pilot-told-'));
  const home = join(root, 'home');
  const record = join(home, 'pilots', 'piloted.json');
  const ambient = process.env;
  let file: string;
  before(() => {
    process.env = { ...ambient, HOLDOUT_HOME: home };
  });
  beforeEach(async () => {
    rmSync(home, { recursive: true, force: true });
    const shape = { campaign: 'piloted', teams: [1, 1, 1, 1], slots: { g4: 2, p3: 2 }, budgetUsd: 500 };
    file = await writeCampaignFolder(join(root, 'campaign'), shape);
  });
  after(() => {
    process.env = ambient;
    rmSync(root, { recursive: true });
  });

  const change = (part: string, from: string | RegExp, to: string): void => {
    const path = join(root, 'campaign', part);
    const text = readFileSync(path, 'utf8');
    assert.notEqual(text.replace(from, to), text);
    writeFileSync(path, text.replace(from, to));
  };
  const edit = (from: string | RegExp, to: string): void => change('campaign.yaml', from, to);

  /** Writes a record of these runs, each of an hour by default, under the conditions of the file. */
  async function measured(runs: readonly (Partial<PilotRun> & Pick<PilotRun, 'submission' | 'class'>)[]) {
    const conditions = await conditionsOf(
      await checkCampaign(file, new Date()),
      new Set(runs.map((run) => run.submission)),
    );
    const hour = { reason: null, billedSeconds: 3_600, costMicroUsd: 1, seconds: 3_600, devicePeakMiB: 9 };
    await savePilot(home, {
      version: 2,
      campaign: 'piloted',
      endedAt: '2026-01-01T00:00:00Z',
      runs: runs.map((run) => ({
        pilot: 'piloted-pilot',
        conditions: runConditions(conditions, run) ?? assert.fail(),
        items: 4,
        ...hour,
        ...run,
      })),
      begun: [],
    });
  }
  const both = ['g4', 'p3'].flatMap((on) => ['s0-0', 's1-0'].map((submission) => ({ submission, class: on })));

  async function planned(options: PlanOptions = {}): Promise<CampaignPlan> {
    const results: string[] = [];
    const output = { say: () => undefined, result: (text: string) => void results.push(text) };
    assert.equal(await planCampaign(file, { ...options, json: true }, output), exitStatus.done);
    return JSON.parse(results.join('')) as CampaignPlan;
  }

  it('uses the measurements, also after edits that do not affect them', async () => {
    await measured(both);
    edit('deadline: 3w', 'deadline: 9d');
    edit(/usdPerHour: 0.526/, 'usdPerHour: 0.3');
    edit('wallClock: 9h', 'wallClock: 8h');
    change('submissions.csv', /t3,.*\n/, 't4,New,s4-0,image.tar,2026-01-01T00:00:00Z\n');
    const { basis, unknowns } = await planned();
    assert.equal(basis, 'pilot');
    assert.doesNotMatch(unknowns.join('\n'), /pilot ignored|not measured/);
  });

  it('leaves out measurements of another image and says so', async () => {
    await measured(both);
    writeFileSync(join(root, 'campaign', 'new.tar'), 'another image');
    change('submissions.csv', 's0-0,image.tar', 's0-0,new.tar');
    const { basis, unknowns } = await planned();
    assert.equal(basis, 'pilot');
    assert.match(
      unknowns.join('\n'),
      /^2 measurements of the pilot ignored \(s0-0\): the image of the submission has changed$/m,
    );
    assert.match(unknowns.join('\n'), /^measured: 1 submission/m);
  });

  it('leaves out measurements of another machine', async () => {
    await measured(both);
    edit('gpuMemoryMiB: 15109', 'gpuMemoryMiB: 10');
    assert.match(
      (await planned()).unknowns.join('\n'),
      /^2 measurements of the pilot ignored \(s0-0, s1-0\): on g4 the file has changed: machine\.gpuMemoryMiB: was 15109, now 10$/m,
    );
  });

  it('uses the file alone if no measurement fits it, and does not say that anything failed', async () => {
    await measured(both);
    edit(/name: g4/, 'name: x');
    edit(/name: p3/, 'name: y');
    edit('wallClockOn: p3', 'wallClockOn: y');
    const { basis, unknowns } = await planned();
    assert.equal(basis, 'upper-bound');
    assert.match(unknowns[0] ?? '', /measured no submission in its current form.*the campaign file alone/);
    assert.match(unknowns.join('\n'), /2 measurements of the pilot ignored \(s0-0, s1-0\): the file has no class g4/);
    assert.doesNotMatch(unknowns.join('\n'), /failed/);
  });

  it('names the class on which the platform ended runs, and ignores those runs', async () => {
    const lost = { reason: 'platform-error', seconds: null, devicePeakMiB: null } as const;
    await measured(both.map((run) => (run.class === 'g4' ? { ...run, ...lost } : run)));
    const { unknowns, mixes } = await planned();
    assert.match(unknowns.join('\n'), /^2 submissions not measured on g4: .* no fault of a team \(platform-error\)/m);
    assert.match(unknowns.join('\n'), /no pilot run on g4 was measured/);
    assert.equal(mixes.find(({ mix }) => mix === 'g4 alone')?.scored.p50, 1);
  });

  it('says what is not known if every run of the pilot failed, and uses the file', async () => {
    edit('limits:', 'expect: { runtime: 4h, on: g4 }\nlimits:');
    await measured(both.map((run) => ({ ...run, reason: 'submission-error' })));
    const { basis, unknowns } = await planned();
    assert.equal(basis, 'expectation');
    assert.match(
      unknowns[0] ?? '',
      /^the pilot of 2026-01-01 00:00 UTC failed on g4, p3 \(submission-error\): run times/,
    );
  });

  it('says that measurements replace an expectation', async () => {
    edit('limits:', 'expect: { runtime: 4h, on: g4 }\nlimits:');
    assert.doesNotMatch((await planned()).unknowns.join('\n'), /is not used/);
    await measured(both);
    assert.match((await planned()).unknowns.join('\n'), /^`expect` in the file is ignored/m);
  });

  it('does not name an unplanned class as not measured', async () => {
    await measured(both.filter((run) => run.class === 'g4'));
    assert.doesNotMatch((await planned({ only: ['g4'] })).unknowns.join('\n'), /p3/);
    assert.match((await planned()).unknowns.join('\n'), /no pilot run on p3/);
  });

  it('uses the inputs that the pilot counted, since those in S3 are not counted', async () => {
    edit('testSet: ./inputs', 'testSet: s3://case/inputs/');
    await measured(both.map((run) => ({ ...run, items: 4_000 })));
    const { mixes } = await planned({ only: ['g4'] });
    // An hour each, and next to nothing for a probe on one input.
    assert.equal(Math.round(mixes[0]?.hours.p50 ?? 0), 4);
  });

  for (const [what, text] of [
    ['was cut short', '{ "version": 2, "runs": ['],
    ['is another file', '{}'],
    ['is from an older version of Holdout', '{ "version": 1, "runs": [] }'],
  ] as const)
    it(`is refused when the record ${what}: names the file and says what to do`, async () => {
      mkdirSync(join(home, 'pilots'), { recursive: true });
      writeFileSync(record, text);
      for (const options of [{}, { pilot: '2', yes: true }] satisfies PlanOptions[]) {
        const failed: unknown = await planned(options).catch((error: unknown) => error);
        assert.ok(failed instanceof HoldoutError && failed.code === 'PILOT_UNREADABLE', String(failed));
        assert.ok(failed.message.includes(record));
        assert.match(failed.next, /Delete that file/);
        assert.equal(exitOfError(failed), exitStatus.badInput);
      }
    });
});
