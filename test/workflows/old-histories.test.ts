import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';

/**
 * Histories of an aborted campaign of six submissions with five slots on each class, recorded on 29 November 2026 before classes
 * without a run that worked were limited: `submission-repeated` had a platform fault, `submission-aborted` was running. Their
 * commands must be those of today's code. `submission-worker-died` is of the same day, when the run of a dead worker was first ended
 * before its heartbeat timeout.
 */
const histories = {
  campaign: 'campaign:before',
  'submission-repeated': 'submission:before:b',
  'submission-aborted': 'submission:before:f',
  'submission-worker-died': 'submission:died:a',
};

describe('workflows that began with an older version', function () {
  this.timeout(60_000);
  let workflowBundle: WorkflowBundle;
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  });

  for (const [name, workflowId] of Object.entries(histories)) {
    it(`continue: ${name}`, async () => {
      const file = new URL(`../fixtures/histories/${name}.bin.gz`, import.meta.url);
      const history = proto.temporal.api.history.v1.History.decode(gunzipSync(readFileSync(file)));
      await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
    });
  }
});
