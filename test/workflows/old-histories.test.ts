import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime } from '@temporalio/worker';
import { build } from '../../scripts/build.mjs';
import { projectRoot } from '../../src/local/project-root.ts';
import { branches } from './histories/branches.ts';
import { readHistory } from './histories/history-file.ts';
import { replay } from './histories/replay.ts';

/**
 * Histories of an aborted campaign of six submissions with five slots on each class, recorded on 29 November 2026 before classes
 * without a run that worked were limited: `submission-repeated` had a platform fault, `submission-aborted` was running. Their
 * commands must be those of today's code. `submission-worker-died` is of the same day, when the run of a dead worker was first ended
 * before its heartbeat timeout. In `campaign-canaries`, also of that day, 28 runs on g4 were granted before a canary on p3 for
 * which the money was never free. In `submission-unfollowed` a run could not be followed for good, before its job was ended for
 * that; in `submission-jobs-ended` it was. In `campaign-late-rescore` a rescore waited past the deadline, as it did then.
 */
const older = {
  campaign: 'campaign:before',
  'campaign-canaries': 'campaign:starved',
  'submission-repeated': 'submission:before:b',
  'submission-aborted': 'submission:before:f',
  'submission-worker-died': 'submission:died:a',
  'submission-unfollowed': 'submission:unfollowed:broken',
  'submission-jobs-ended': 'submission:unfollowed:broken',
  'campaign-late-rescore': 'campaign:late',
};

describe('recorded histories', function () {
  this.timeout(60_000);
  /** The bundle of the workers: it has what refuses messages too. */
  const workflowBundle = { codePath: join(projectRoot(), 'dist', 'workflows.js') };
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    await build();
  });

  for (const [name, workflowId] of Object.entries(older)) {
    it(`of an older version fit the code: ${name}`, () => replay(workflowBundle, `older/${name}`, workflowId));
  }

  for (const [name, { workflowId, isShown }] of Object.entries(branches)) {
    it(`of every branch fit the code: ${name}`, async () => {
      assert.ok(isShown(readHistory(`branches/${name}`).events ?? []), `the history on file is one of ${name}`);
      await replay(workflowBundle, `branches/${name}`, workflowId);
    });
  }

  it('that do not fit a change say what to do', async () => {
    const workflowsPath = fileURLToPath(new URL('changed-at-first.ts', import.meta.url));
    const changed = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    for (const name of ['ok-campaign', 'ok-submission', 'ok-canary']) {
      const workflowId = branches[name]?.workflowId ?? assert.fail(`there is no branch ${name}`);
      await assert.rejects(replay(changed, `branches/${name}`, workflowId), (error: Error) => {
        assert.match(
          error.message,
          new RegExp(`^This code does not fit the recorded history branches/${name}: .*TMPRL1100`),
        );
        assert.match(error.message, /patched\('a-name-for-it'\).*\n.*change it back/);
        return true;
      });
    }
  });
});
