import assert from 'node:assert/strict';
import type { FrozenCampaign, Manifest } from '../../src/campaign/model/frozen-campaign.ts';
import { ShownLog } from '../../src/worker/shown-log.ts';
import { WorkflowRuns } from '../../src/worker/workflow-runs.ts';

interface Parts {
  frozen?: FrozenCampaign;
  manifest?: Manifest;
}

const pseudonym = { team: 'team-q3x9b', submission: 'team-q3x9b/1' };
const row = { submission: 'big-model', team: 'deep-pockets', teamName: 'Deep Pockets', pseudonym };
const manifest = { teams: [{ ...row, submissions: [row] }] } as unknown as Manifest;
const frozenWith = (teamNames: string) => ({ teamNames, instanceClasses: [] }) as unknown as FrozenCampaign;
const blind: Parts = { frozen: frozenWith('pseudonyms'), manifest };

describe('a line of the worker’s log', () => {
  let runs: WorkflowRuns;
  const logOf = (campaigns: Record<string, Parts>): ShownLog => {
    runs = new WorkflowRuns();
    const reader = { known: (name: string) => campaigns[name] ?? {}, knownCampaigns: () => Object.keys(campaigns) };
    return new ShownLog(reader, runs);
  };

  it('has the campaign and the submission of its workflow, or the class of the canary', () => {
    const log = logOf({ final: { frozen: frozenWith('shown'), manifest } });
    const [campaign, submission] = ['final', 'big-model'];
    for (const [workflowId, subject] of [
      ['campaign:final', { campaign }],
      ['submission:final:big-model', { campaign, submission }],
      ['canary:final:g4:3', { campaign, class: 'g4', run: 3 }],
    ] as const)
      assert.deepEqual(log.fields({ attempt: 2, workflowId }), { attempt: 2, workflowId, ...subject });
    for (const other of [{ queues: ['main'] }, { workflowId: 'another-program' }])
      assert.deepEqual(log.fields(other), other);
  });

  it('has the pseudonym in all of its fields', () => {
    const shown = logOf({ final: blind }).fields({
      workflowId: 'submission:final:big-model',
      run: 2,
      what: 'of big-model',
    });
    assert.deepEqual(shown, {
      workflowId: 'submission:final:team-q3x9b/1',
      campaign: 'final',
      submission: 'team-q3x9b/1',
      run: 2,
      what: 'of team-q3x9b/1',
    });
  });

  it('knows its workflow by the run alone, once this process has worked for it', () => {
    const log = logOf({ final: blind });
    assert.deepEqual(log.fields({ runId: 'r-1' }), { runId: 'r-1' });
    runs.note({ runId: 'r-1', workflowId: 'submission:final:big-model' });
    assert.deepEqual(log.fields({ runId: 'r-1' }), {
      runId: 'r-1',
      workflowId: 'submission:final:team-q3x9b/1',
      campaign: 'final',
      submission: 'team-q3x9b/1',
    });
  });

  it('remembers the runs that worked last', () => {
    logOf({});
    for (let n = 0; n < 10_001; n += 1) {
      runs.note({ runId: `r-${n}`, workflowId: `campaign:c-${n}` });
      runs.note({ runId: 'r-0', workflowId: 'campaign:c-0' });
    }
    assert.equal(runs.workflowOf('r-0'), 'campaign:c-0');
    assert.equal(runs.workflowOf('r-1'), undefined);
    assert.equal(runs.workflowOf('r-2'), 'campaign:c-2');
  });

  it('has what an error says and its causes, with pseudonyms, whether it is about a campaign or none', () => {
    const cause = new TypeError('s3://images/big-model.tar is not there');
    const error = new Error('failed for Deep Pockets', { cause });
    const log = logOf({ other: {}, final: blind });
    for (const line of [
      { workflowId: 'campaign:final', error },
      { runId: 'r-9', error },
    ]) {
      const { error: shown } = log.fields(line) as {
        error: { type: string; message: string; cause: { message: string } };
      };
      assert.deepEqual([shown.type, shown.message], ['Error', 'failed for team-q3x9b']);
      assert.equal(shown.cause.message, 's3://images/team-q3x9b/1.tar is not there');
      assert.doesNotMatch(JSON.stringify(shown), /big-model|Deep/);
    }
  });

  it('has no task token, which contains the id of the workflow', () => {
    const fields = { workflowId: 'submission:final:big-model', taskToken: Buffer.from('submission:final:big-model') };
    assert.ok(!('taskToken' in logOf({ final: blind }).fields(fields)), 'it is left out');
  });
});
