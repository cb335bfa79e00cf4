import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobDefinition } from '../../../src/batch/definitions/job-definition.ts';
import { checkCampaign } from '../../../src/intake/check-campaign.ts';
import type { CampaignResults } from '../../../src/ledger/results.ts';
import { which } from '../../../src/local/tools/find-engine.ts';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.ts';
import { describeWithDocker, runnerHost, toS3 } from '../batch-host.ts';
import { CloudStack } from '../cloud-stack.ts';
import { jobScript } from '../ecs-agent.ts';
import { pushRunnerImage } from '../runner-image.ts';
import { gpuClasses, writeGpuCampaign } from './gpu-campaign.ts';
import { GpuHost } from './gpu-host.ts';

const describeWithCompiler: typeof describeWithDocker = (title, body) =>
  which('gcc') === undefined ? void describe.skip(`${title} (no gcc here)`, body) : describeWithDocker(title, body);

/** One host per class, with one pretended GPU of its memory. */
describeWithCompiler('a campaign on classes with NVIDIA GPUs, with a pretended driver in real containers', function () {
  this.timeout(600_000);
  const hosts = new Map<string, GpuHost>();
  let folder: string;
  let registry: DockerRegistry;
  let results: CampaignResults;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdout-gpu-campaign-'));
    const file = await writeGpuCampaign(folder);
    registry = await startDockerRegistry();
    const stack = await startStack(file);
    try {
      const ended = await stack.holdout('start', file, '--yes', '--json');
      assert.equal(ended.status, 0, ended.stderr);
      results = JSON.parse(ended.stdout) as CampaignResults;
    } finally {
      await stack.stop();
    }
  });
  after(async () => {
    for (const host of hosts.values()) await host.stop();
    await registry.stop();
    rmSync(folder, { recursive: true });
  });

  async function startStack(file: string): Promise<CloudStack> {
    const { instanceClasses } = await checkCampaign(file, new Date());
    const jobs: Record<string, string> = {};
    let image: string | undefined;
    for (const [n, { queue, gpuMemoryMiB }] of gpuClasses.entries()) {
      const gpu = await GpuHost.start(`GPU-00000000-0000-0000-0000-00000000000${n}`, gpuMemoryMiB);
      hosts.set(queue, gpu);
      image ??= await pushRunnerImage(gpu.host, registry.host);
      await gpu.host.docker('pull', image);
      const instanceClass = instanceClasses.find((one) => one.queue === queue);
      assert.ok(instanceClass, queue);
      const definition = jobDefinition('holdout-runner', runnerHost(image, gpu.host.scratch), instanceClass);
      jobs[queue] = jobScript(gpu.host, definition, toS3, { NVIDIA_VISIBLE_DEVICES: gpu.uuid });
    }
    return CloudStack.start({ registry: registry.host, jobs });
  }

  const runsOf = (name: string): (string | null)[][] =>
    results.submissions
      .filter(({ submission }) => submission === name)
      .flatMap(({ runs }) => runs.map((run) => [run.purpose, run.class, run.reason, run.facts?.rule ?? null]));

  const peakOf = (name: string, n: number): number | undefined =>
    results.submissions.find(({ submission }) => submission === name)?.runs[n]?.facts?.device?.peakMiB;

  it('opens both classes by canaries, which find the device that the runner measures', () => {
    const verdicts = (results.canaries ?? []).map((canary) => [canary.class, canary.verdict]);
    assert.deepEqual(Object.fromEntries(verdicts), { t4: { kind: 'holds' }, l40s: { kind: 'holds' } });
  });

  it('runs what fits on the small device there: probe and evaluation', () => {
    assert.deepEqual(runsOf('frugal'), [
      ['probe', 't4', null, null],
      ['evaluation', 't4', null, null],
    ]);
    const [inSample, inTest] = [peakOf('frugal', 0) ?? 0, peakOf('frugal', 1) ?? 0];
    assert.ok(inSample >= 2_000 && inSample <= 2_100, `${inSample}`);
    assert.ok(inTest >= 6_000 && inTest <= 6_100, `${inTest}`);
  });

  it('takes what runs out of CUDA’s memory to the larger device, where it succeeds', () => {
    assert.deepEqual(runsOf('greedy'), [
      ['probe', 't4', null, null],
      ['evaluation', 't4', 'gpu-out-of-memory', 'gpu-text-and-peak'],
      ['evaluation', 'l40s', null, null],
    ]);
    const [onSmall, onLarge] = [peakOf('greedy', 1) ?? 0, peakOf('greedy', 2) ?? 0];
    assert.ok(onSmall >= 15_000 && onSmall <= 15_360, `${onSmall}`);
    assert.ok(onLarge >= 18_000 && onLarge <= 18_100, `${onLarge}`);
  });

  it('gives both a score, charged with what they ran, and leaves nothing on the hosts', async () => {
    const ends = results.submissions.map(({ submission, state, reason }) => [submission, { state, reason }]);
    const finished = { state: 'finished', reason: null };
    assert.deepEqual(Object.fromEntries(ends), { frugal: finished, greedy: finished });
    for (const { score } of results.submissions) assert.ok(Math.abs((score ?? 0) - Math.LN2) < 1e-6, `${score}`);
    for (const { host } of hosts.values()) assert.deepEqual(await host.leftovers(), []);
  });
});
