import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { codecOptions } from '../../src/codec/client-codec.ts';
import { newKeyFile, withNewKey, writeKeyFile } from '../../src/codec/key-file.ts';
import { KeyRing } from '../../src/codec/key-ring.ts';
import { campaignWorkflowId } from '../../src/ids.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { authentication } from '../../src/worker/authentication.ts';
import { progressQuery } from '../../src/workflows/signals-and-queries.ts';
import { eventually } from '../support/eventually.ts';
import { latch } from '../support/latch.ts';
import { ScriptedCampaign } from '../support/campaigns/scripted-campaign.ts';

describe('a worker that gets a key later than others', function () {
  this.timeout(120_000);
  const campaign = new ScriptedCampaign();
  const folder = mkdtempSync(join(tmpdir(), 'holdout-keys-'));
  const file = join(folder, 'keys.json');
  const first = newKeyFile();
  before(() => {
    writeKeyFile(file, first);
    campaign.keys = new KeyRing(file);
    return campaign.open();
  });
  after(async () => {
    await campaign.close();
    rmSync(folder, { recursive: true });
  });

  it('waits for it instead of refusing what it seals, and a replay does the same', async () => {
    const workflowId = campaignWorkflowId('later');
    const { file: both, id } = withNewKey(first);
    const elsewhere = join(folder, 'elsewhere.json');
    writeKeyFile(elsewhere, { ...both, current: id });
    const ahead = new Client({ connection: campaign.client.connection, ...codecOptions(new KeyRing(elsewhere)) });
    const held = latch();
    campaign.teams = { one: ['m1'], two: ['m2'] };
    campaign.holdRun = () => held.opened;
    const started = await campaign.start('later');
    const handle = campaign.client.workflow.getHandle(workflowId);
    await eventually('both run', async () => (await handle.query(progressQuery)).counts.running === 2);
    campaign.registeredKeys.add(id);
    await ahead.workflow.getHandle(workflowId).signal('pauseTeam', { team: 'one', by: 'operator' });
    await eventually('the worker repeats its task', async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((event) => event.workflowTaskFailedEventAttributes) ?? false;
    });
    writeKeyFile(file, { ...both, current: id });
    await eventually(
      'the signal takes effect',
      async () => (await handle.query(progressQuery).catch(() => undefined))?.pausedTeams.includes('one') ?? false,
      { withinMs: 60_000 },
    );
    await handle.signal('resumeTeam', { team: 'one', by: 'operator' });
    held.open();
    await started.result();
    const acts = campaign.rounds.commands('later').map(({ act }) => act);
    assert.deepEqual(
      acts.filter((act) => /refused|pauseTeam/.test(act)),
      ['pauseTeam team=one'],
    );
    const dist = join(projectRoot(), 'dist');
    const keys = new KeyRing(file);
    const { dataConverter = {} } = authentication(keys, join(dist, 'failure-converter.cjs'), () =>
      Promise.resolve(true),
    );
    const workflowBundle = { codePath: join(dist, 'workflows.js') };
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, await handle.fetchHistory(), workflowId);
  });
});
