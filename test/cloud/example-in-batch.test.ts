import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExample } from '../../examples/spliced-clips/build.ts';
import { jobDefinition, type JobDefinition } from '../../src/batch/definitions/job-definition.ts';
import { checkCampaign } from '../../src/intake/check-campaign.ts';
import type { CheckedCampaign } from '../../src/intake/checked-campaign.ts';
import type { CampaignResults } from '../../src/ledger/results.ts';
import { ToolCache } from '../../src/local/tools/cache.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { DockerHost } from '../support/docker-host.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { describeWithDocker, runnerHost, toS3, withoutLauncher } from './batch-host.ts';
import { CloudStack } from './cloud-stack.ts';
import { jobScript } from './ecs-agent.ts';
import { pushRunnerImage } from './runner-image.ts';

interface Expected {
  submissions: Record<string, { state: string; reason: string | null; classes: string[]; score?: number }>;
}

/** One host per class: its job has it to itself. */
describeWithDocker('the example on Batch hosts, each with its own engine', function () {
  this.timeout(600_000);
  const hosts = new Map<string, DockerHost>();
  let file: string;
  let checked: CheckedCampaign;
  let registry: DockerRegistry;
  let image: string;

  before(async () => {
    file = await buildExample(join(new ToolCache().folder, 'examples', 'spliced-clips'), () => undefined);
    checked = await checkCampaign(file, new Date());
    registry = await startDockerRegistry();
    for (const { queue } of checked.instanceClasses) {
      const host = await DockerHost.start();
      hosts.set(queue, host);
      image ??= await pushRunnerImage(host, registry.host);
      await host.docker('pull', image);
    }
  });
  after(async () => {
    for (const host of hosts.values()) await host.stop();
    await registry.stop();
  });

  /** Starts the stack with these definitions; every job runs in a container on the host of its queue. */
  function startStack(change: (definition: JobDefinition, host: DockerHost) => JobDefinition): Promise<CloudStack> {
    const jobs = checked.instanceClasses.map((instanceClass) => {
      const host = hosts.get(instanceClass.queue);
      assert.ok(host);
      const definition = change(jobDefinition('holdout-runner', runnerHost(image, host.scratch), instanceClass), host);
      return [instanceClass.queue, jobScript(host, definition, toS3)] as const;
    });
    return CloudStack.start({ registry: registry.host, jobs: Object.fromEntries(jobs) });
  }

  it('ends every submission as README says, on the expected classes', async () => {
    const { submissions: expected } = JSON.parse(
      readFileSync(join(projectRoot(), 'examples/spliced-clips/expected.json'), 'utf8'),
    ) as Expected;
    const stack = await startStack((definition) => definition);
    try {
      const ended = await stack.holdout('start', file, '--yes', '--json');
      assert.equal(ended.status, 0, ended.stderr);
      const { submissions } = JSON.parse(ended.stdout) as CampaignResults;
      assert.equal(submissions.length, 12);
      for (const { submission, state, reason, runs, score } of submissions) {
        const classes = runs.filter(({ purpose }) => purpose === 'evaluation').map((run) => run.class);
        const {
          state: wanted,
          reason: wantedReason,
          classes: wantedClasses,
          score: wantedScore,
        } = expected[submission] ?? {};
        assert.deepEqual(
          { state, reason, classes },
          { state: wanted, reason: wantedReason, classes: wantedClasses },
          submission,
        );
        if (wantedScore !== undefined)
          assert.ok(Math.abs((score ?? 0) - wantedScore) < 1e-6, `${submission}: ${score}`);
      }
    } finally {
      await stack.stop();
    }
    for (const host of hosts.values()) assert.deepEqual(await host.leftovers(), []);
  });

  it('blames no team when the hosts hide the runner’s mounts: every class is held after a few jobs', async () => {
    const stack = await startStack((definition, host) => withoutLauncher(definition, host.scratch));
    try {
      const ended = await stack.holdout('start', file, '--yes', '--json');
      assert.equal(ended.status, 3, ended.stderr);
      const { submissions } = JSON.parse(ended.stdout) as CampaignResults;
      assert.equal(submissions.length, 12);
      assert.deepEqual(
        submissions.filter(({ state }) => state === 'failed' || state === 'finished'),
        [],
      );
      const reasons = submissions.flatMap(({ runs }) => runs.map(({ reason }) => reason));
      assert.deepEqual(
        [...new Set(reasons)].filter((reason) => reason !== null && reason !== 'platform-error'),
        [],
      );
      const troubles = await stack.troubles();
      assert.ok(troubles.length >= 3 && troubles.length <= 9, `${troubles.length} jobs on three classes`);
      assert.deepEqual([...new Set(troubles.map(({ code }) => code))], ['MOUNT_NOT_SEEN']);
      assert.match(ended.stderr, /is blocked: .*MOUNT_NOT_SEEN/);
    } finally {
      await stack.stop();
    }
  });
});
