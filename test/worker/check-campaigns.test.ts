import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { FrozenReader } from '../../src/ledger/frozen-reader.ts';
import { campaignWorkflowId } from '../../src/ids.ts';
import { resultObjects } from '../../src/object-keys.ts';
import { checkCampaigns } from '../../src/worker/check-campaigns.ts';
import { StoreRig } from '../ledger/store-rig.ts';
import { eventually } from '../support/eventually.ts';
import { startTemporalServer, type TemporalServer } from '../support/servers/temporal-server.ts';

describe('a worker beside campaigns of another version', function () {
  this.timeout(60_000);
  let rig: StoreRig;
  let server: TemporalServer;
  let client: Client;
  before(async () => {
    [rig, server] = await Promise.all([StoreRig.start(), startTemporalServer()]);
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
  });
  after(async () => {
    await client.connection.close();
    await Promise.all([rig.stop(), server.stop()]);
  });

  const check = (): Promise<void> => checkCampaigns(client.workflow, new FrozenReader(rig));
  const run = (workflowId: string) =>
    client.workflow.start('campaign', { workflowId, taskQueue: 'nobody', args: [], workflowTaskTimeout: '10 s' });
  const isListed = async (running: number): Promise<boolean> =>
    (await client.workflow.count(`ExecutionStatus = 'Running'`)).count === running;

  it('takes no tasks while one runs that a newer Holdout has started, and only then', async () => {
    const frozen = await rig.freeze('newer', { one: ['s'] });
    await rig.store.write(rig.bucket, resultObjects.campaign('newer'), JSON.stringify({ ...frozen, version: 2 }));
    await rig.freeze('known', { one: ['s'] });
    await rig.store.write(rig.bucket, resultObjects.campaign('broken'), 'not JSON');
    for (const name of ['known', 'broken', 'absent']) await run(campaignWorkflowId(name));
    await run('of a stranger');
    await eventually('they are listed', () => isListed(4));
    await check();
    const newer = await run(campaignWorkflowId('newer'));
    await eventually('it is listed', () => isListed(5));
    await assert.rejects(check(), {
      code: 'CAMPAIGN_NEWER',
      message: /^Campaign newer was started by a newer Holdout/,
    });
    await newer.terminate();
    await eventually('it has ended', () => isListed(4));
    await check();
  });
});
