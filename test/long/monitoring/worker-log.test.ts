import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { eventually } from '../../support/eventually.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

type Line = Record<string, unknown>;

describe('the worker’s log', function () {
  this.timeout(180_000);
  const home = new SimulatedHome({ teams: [1, 1], slots: { g4: 2, p3: 1 }, budgetUsd: 1_000, blind: true });
  const [running, crashed] = ['zz-canary-0.model-0', 'zz-canary-1.model-0'];
  after(() => home.remove());

  before(async () => {
    await home.open({ [running]: endless, [crashed]: { end: 'error' } });
    await home.begin();
    await home.until('one runs, one failed', ({ counts }) => counts.running === 1 && counts.failed === 1);
  });

  const text = (): string => readFileSync(join(home.folder, 'logs', 'worker.log'), 'utf8');
  const lines = (): Line[] =>
    text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  const lineWith = async (what: string, isIt: (line: Line) => boolean): Promise<Line> => {
    let found: Line | undefined;
    await eventually(what, () => (found = lines().find(isIt)) !== undefined);
    assert.ok(found, what);
    return found;
  };

  it('says of a workflow’s line which campaign, submission, run and workflow it is about', async () => {
    assert.ok(home.connection, 'it is connected');
    const stranger = new Client({
      connection: home.connection,
      namespace: home.temporal.options.namespace,
    });
    await stranger.workflow.getHandle(`submission:steered:${running}`).signal('tryAgain');
    const line = await lineWith('the signal is refused', ({ msg }) => /refused: signal tryAgain/.test(String(msg)));
    const { campaign, submission, run, workflowId, runId } = line;
    assert.match(String(submission), /^team-\w{5}\/1$/);
    assert.deepEqual(
      { campaign, workflowId },
      { campaign: 'steered', workflowId: `submission:steered:${String(submission)}` },
    );
    assert.equal(typeof run, 'number');
    assert.match(String(runId), /^[\da-f-]{36}$/, 'Temporal’s run of the workflow');
  });

  it('says the same of an activity’s line', async () => {
    const bucket = join(home.folder, 's3', 'holdout-runs');
    renameSync(bucket, `${bucket}.away`);
    try {
      await home.command(0, 'retry', '--submission', crashed, '--yes');
      const isFailure = ({ msg, activityType, run }: Line): boolean =>
        msg === 'an activity failed' && activityType === 'submitBatchJob' && run !== undefined;
      const { campaign, submission, run, workflowId } = await lineWith('its job is not submitted', isFailure);
      assert.match(String(submission), /^team-\w{5}\/1$/);
      assert.deepEqual(
        { campaign, workflowId },
        { campaign: 'steered', workflowId: `submission:steered:${String(submission)}` },
      );
      assert.ok(Number(run) >= 2, `run ${String(run)}`);
    } finally {
      renameSync(`${bucket}.away`, bucket);
    }
  });

  it('is JSON in every line, with the campaign in each that has a workflow of it, and hides every name', async () => {
    const handle = await home.temporal.workflow.start('noSuchWorkflow', {
      taskQueue: 'holdout-main',
      workflowId: 'no-such-workflow',
      args: [],
    });
    await lineWith('the SDK says why', ({ error }) => JSON.stringify(error ?? '').includes('noSuchWorkflow'));
    await lineWith('so does its native part', ({ sdkComponent }) => sdkComponent === 'core');
    await handle.terminate();
    const all = lines();
    assert.ok(all.length > 5, `${all.length} lines`);
    const ofHoldout = all.filter(({ workflowId }) => /^(campaign|submission|canary):/.test(String(workflowId)));
    assert.ok(ofHoldout.length > 1, `${ofHoldout.length} lines of workflows`);
    for (const line of ofHoldout) assert.equal(line['campaign'], 'steered', JSON.stringify(line));
    assert.doesNotMatch(text(), /canary-\d|ZZ Canary|model-\d|taskToken/i);
  });
});
