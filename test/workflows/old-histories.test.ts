import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { join } from 'node:path';
import { build } from '../../scripts/build.mjs';
import { projectRoot } from '../../src/local/project-root.ts';

/**
 * Histories of an aborted campaign of six submissions with five slots on each class, recorded on 29 November 2026 before classes
 * without a run that worked were limited: `submission-repeated` had a platform fault, `submission-aborted` was running. Their
 * commands must be those of today's code. `submission-worker-died` is of the same day, when the run of a dead worker was first ended
 * before its heartbeat timeout. In `campaign-canaries`, also of that day, 28 runs on g4 were granted before a canary on p3 for
 * which the money was never free. In `submission-unfollowed` a run could not be followed for good, before its job was ended for
 * that; in `submission-jobs-ended` it was. In `campaign-late-rescore` a rescore waited past the deadline, as it did then.
 */
const histories = {
  campaign: 'campaign:before',
  'campaign-canaries': 'campaign:starved',
  'submission-repeated': 'submission:before:b',
  'submission-aborted': 'submission:before:f',
  'submission-worker-died': 'submission:died:a',
  'submission-unfollowed': 'submission:unfollowed:broken',
  'submission-jobs-ended': 'submission:unfollowed:broken',
  'campaign-late-rescore': 'campaign:late',
};

describe('workflows that began with an older version', function () {
  this.timeout(60_000);
  /** The bundle of the workers: it has what refuses messages too. */
  const workflowBundle = { codePath: join(projectRoot(), 'dist', 'workflows.js') };
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    await build();
  });

  for (const [name, workflowId] of Object.entries(histories)) {
    it(`continue: ${name}`, async () => {
      const file = new URL(`../fixtures/histories/${name}.bin.gz`, import.meta.url);
      const history = proto.temporal.api.history.v1.History.decode(gunzipSync(readFileSync(file)));
      await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
    });
  }
});
