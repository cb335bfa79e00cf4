import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobDefinition } from '../../src/batch/definitions/job-definition.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { BatchHost, describeWithDocker } from './batch-host.ts';
import type { Answer } from '../support/docker-host.ts';
import { eventually } from '../support/eventually.ts';
import { readRunnerStage } from './runner-stage.ts';
import { adviceOn } from '../../src/campaign/explanation/platform-advice.ts';

const copies = 'cat /input/a.txt /input/b.txt >/output/predictions.csv; df /output /tmp | tail -2';

describeWithDocker('the runner, started from its job definition as the ECS agent starts it', function () {
  this.timeout(180_000);
  let batch: BatchHost;
  before(async () => (batch = await BatchHost.start()));
  after(() => batch.stop());

  const leavesNothing = async (): Promise<void> => assert.deepEqual(await batch.host.leftovers(), []);
  afterEach(leavesNothing);

  describe('its image', () => {
    const stage = readRunnerStage();
    /** Runs a script in a container of the image, then its entry point with `self-test`. */
    const selfTestAfter = (script: string): Promise<Answer> => {
      const [first, ...words] = [...stage.entryPoint, 'self-test'];
      const command = ['-c', `${script}\nexec "$0" "$@"`, first, ...words];
      return batch.host.call('run', '--rm', '--network=none', '--entrypoint=sh', batch.image, ...command);
    };

    it('has every program that a run needs: the Dockerfile’s own check ends with 0', async () => {
      assert.deepEqual(stage.checks, [[...stage.entryPoint, 'self-test']]);
      const { status, stderr } = await batch.host.call('run', '--rm', '--network=none', batch.image, 'self-test');
      assert.equal(status, 0, stderr);
    });

    it('does not pass the check without any one of them', async () => {
      const { stdout } = await selfTestAfter(':');
      const programs = [...stdout.matchAll(/^(\S+): /gm)].map(([, program = '']) => program);
      assert.ok(programs.length > 8, stdout);
      for (const program of programs) {
        const { status, stderr } = await selfTestAfter(`rm "$(command -v ${program})"`);
        assert.notEqual(status, 0, `without ${program}`);
        assert.match(stderr, new RegExp(`${program}\\b`), `without ${program}`);
      }
    });

    it('is smaller than 250 MB', async () => {
      const bytes = Number(await batch.host.docker('image', 'inspect', '--format={{.Size}}', batch.image));
      assert.ok(bytes > 100e6 && bytes < 250e6, `${bytes} bytes`);
    });
  });

  it('runs a submission with its inputs, capped output and /tmp, and passes on the exit status', async () => {
    // Memory is read five times a second.
    const spec = await batch.run(`${copies}; sleep 1`);
    const job = batch.startJob(spec);
    assert.equal(await job.exitCode, 0, job.printed());
    const outcome = await batch.outcome(spec);
    assert.deepEqual(outcome?.end, { kind: 'exited', exitCode: 0 });
    assert.equal(outcome.predictions.kind, 'collected');
    assert.equal(outcome.jobId, job.jobId);
    assert.ok((outcome.memory.peakMiB ?? 0) > 0, JSON.stringify(outcome.memory));
    assert.match(outcome.log.tail, /\/dev\/loop\d+ .*\/output\n/);
  });

  it('lets a second job of the same run end as a duplicate', async () => {
    const spec = await batch.run(copies);
    const first = batch.startJob(spec);
    assert.equal(await first.exitCode, 0, first.printed());
    assert.equal(await batch.startJob(spec).exitCode, 64);
  });

  it('without the launcher claims nothing and says which mounts no container sees', async () => {
    const spec = await batch.run(copies);
    const job = batch.startJob(spec, { definition: batch.withoutLauncher() });
    assert.equal(await job.exitCode, 70);
    const trouble = await batch.trouble(spec);
    assert.equal(trouble?.code, 'MOUNT_NOT_SEEN');
    assert.match(trouble.message, /does not see what the runner mounts: own-inputs, output, temporary\./);
    assert.equal(await batch.isClaimed(spec), false);
  });

  it('writes the outcome of a stopped run within 25 s, with 1 GiB of output', async () => {
    const gibibyte = 2 ** 30;
    const spec = await batch.run(
      `dd if=/dev/zero of=/output/predictions.csv bs=1M count=1000 2>/dev/null; echo full; sleep 300`,
      {
        limits: { outputBytes: gibibyte, wallClockSeconds: 300, memoryMiB: 256 },
        predictions: { file: 'predictions.csv', maxBytes: gibibyte },
      },
    );
    const job = batch.startJob(spec);
    const submission = await batch.submissionOf(job.jobId);
    await eventually('the output is full', async () => (await batch.host.docker('top', submission)).includes('sleep'));
    const stopped = performance.now();
    void batch.host.docker('stop', '--time=30', job.container);
    assert.equal(await job.exitCode, 0, job.printed());
    const seconds = (performance.now() - stopped) / 1000;
    const outcome = await batch.outcome(spec);
    assert.deepEqual(outcome?.end, { kind: 'stopped' });
    assert.ok(outcome.output.bytes > 0.9 * gibibyte, `${outcome.output.bytes}`);
    assert.ok(seconds < 25, `${seconds} s`);
  });

  it('whose image the registry does not have starts nothing, in words that status has an advice for', async () => {
    const spec = await batch.run(copies);
    const [repository = ''] = batch.image.split('@');
    const job = batch.startJob(spec, {
      definition: batch.definition({ image: `${repository}@sha256:${'0'.repeat(64)}` }),
    });
    assert.equal(await job.exitCode, 125);
    assert.equal(await batch.isClaimed(spec), false);
    // The agent puts this name before the engine's words; docker's command line puts some of its own.
    const [engine = job.printed()] = /Error response from daemon: .*/.exec(job.printed()) ?? [];
    const words = `CannotPullContainerError: ${engine}`;
    assert.match(adviceOn(words)?.next ?? words, /^push the image of the runner/);
  });

  const kills: readonly (readonly [what: string, victim: (jobId: string) => string])[] = [
    ['runner', (jobId) => `ho-${jobId}-runner`],
    ['launcher', (jobId) => `ecs-${jobId}`],
  ];
  for (const [what, victim] of kills) {
    it(`ends the submission within 30 s after kill -9 of the ${what}, and leaves nothing`, async () => {
      const spec = await batch.run('sleep 300', { limits: { wallClockSeconds: 300 } });
      const job = batch.startJob(spec);
      await batch.submissionOf(job.jobId);
      const killed = performance.now();
      await batch.host.docker('kill', '--signal=KILL', victim(job.jobId));
      await eventually('nothing is left', async () => (await batch.host.leftovers()).length === 0);
      assert.ok(performance.now() - killed < 30_000);
      assert.notEqual(await job.exitCode, 0);
    });
  }

  /** Launcher and runner. Both stand still first: the one that is killed later would end the submission. */
  async function killBoth(jobId: string): Promise<void> {
    for (const signal of ['STOP', 'KILL'])
      await batch.host.docker('kill', `--signal=${signal}`, `ecs-${jobId}`, `ho-${jobId}-runner`);
  }

  it('has its submission ended by the host’s reaper within 30 s after kill -9 of launcher and runner', async () => {
    const job = batch.startJob(await batch.run('sleep 300', { limits: { wallClockSeconds: 300 } }));
    await batch.submissionOf(job.jobId);
    const killed = performance.now();
    await killBoth(job.jobId);
    await job.exitCode;
    assert.deepEqual(await batch.host.running('holdout.job'), [`ho-${job.jobId}`]);
    // As if the reaper had run just before: the longest wait for it.
    await delay(reaperPause());
    const said = await batch.host.reap();
    const seconds = (performance.now() - killed) / 1000;
    assert.match(said, new RegExp(`ended the submission of job ${job.jobId}: its runner is gone`));
    assert.ok(seconds > 10 && seconds < 30, `${seconds} s`);
    // The next job would remove it.
    await batch.host.docker('rm', `ho-${job.jobId}-runner`);
  });

  it('removes what a job left whose launcher and runner were both killed, before it begins', async () => {
    const lost = await batch.run('sleep 300', { limits: { wallClockSeconds: 300 } });
    const job = batch.startJob(lost);
    await batch.submissionOf(job.jobId);
    await killBoth(job.jobId);
    await job.exitCode;
    assert.deepEqual(await batch.host.running('holdout.job'), [`ho-${job.jobId}`]);
    const spec = await batch.run(copies);
    const next = batch.startJob(spec);
    assert.equal(await next.exitCode, 0, next.printed());
  });

  it('claims nothing beside the runner of another job', async () => {
    const first = batch.startJob(await batch.run('sleep 300', { limits: { wallClockSeconds: 300 } }));
    await batch.submissionOf(first.jobId);
    const spec = await batch.run(copies);
    assert.equal(await batch.startJob(spec).exitCode, 70);
    const trouble = await batch.trouble(spec);
    assert.equal(trouble?.code, 'HOST_SHARED');
    assert.match(trouble.message, new RegExp(first.jobId));
    assert.equal(await batch.isClaimed(spec), false);
    await batch.host.docker('stop', '--time=30', first.container);
    await first.exitCode;
  });

  const faults: readonly [what: string, code: string, overrides: Parameters<BatchHost['run']>[1], is: RegExp][] = [
    ['the disk is too small', 'SCRATCH_FULL', { limits: { outputBytes: 2 ** 50 } }, /this run needs 1073742\d+ MiB/],
    ['there is no GPU', 'DEVICE_UNREADABLE', { instanceClass: { gpu: 'nvidia' } }, /nvidia-smi is not on the PATH/],
  ];
  for (const [what, code, overrides, is] of faults) {
    it(`claims nothing if ${what}, and says so`, async () => {
      const spec = await batch.run(copies, overrides);
      assert.equal(await batch.startJob(spec).exitCode, 70);
      const trouble = await batch.trouble(spec);
      assert.equal(trouble?.code, code);
      assert.match(trouble.message, is);
      assert.equal(await batch.isClaimed(spec), false);
    });
  }

  const settings: readonly [what: string, change: (definition: JobDefinition) => JobDefinition, says: RegExp][] = [
    ['region', (one) => withVariable(one, 'AWS_REGION', ''), /RUNNER_SETTING: .* AWS_REGION=""/],
    [
      'runner image',
      (one) => withVariable(one, 'HOLDOUT_RUNNER_IMAGE', ''),
      /RUNNER_SETTING: .* HOLDOUT_RUNNER_IMAGE=""/,
    ],
    ['engine socket', (one) => withoutVolumes(one), /ENGINE_SILENT: .*Cannot connect to the Docker daemon/],
    [
      'known bucket prefix',
      (one) => withVariable(one, 'HOLDOUT_BUCKET_PREFIX', 'x-'),
      /SPEC_UNREADABLE: .*s3:\/\/x-holdout-runs\/.*NoSuchBucket/,
    ],
    ['known command', (one) => withCommand(one, ['lunch']), /RUNNER_SETTING: .* command="lunch"/],
  ];
  for (const [what, change, says] of settings) {
    it(`says in one line of its log that the definition has no ${what}`, async () => {
      const spec = await batch.run(copies);
      const job = batch.startJob(spec, { definition: change(batch.definition()) });
      assert.equal(await job.exitCode, 70);
      assert.match(job.printed(), says);
      assert.equal(job.printed().trim().split('\n').length, 1);
    });
  }

  it('keeps the values of variables out of the host’s list of processes', async () => {
    const definition = withVariable(batch.definition(), 'HOLDOUT_CANARY', 'canary-7f3a');
    const job = batch.startJob(await batch.run('sleep 300', { limits: { wallClockSeconds: 300 } }), { definition });
    await batch.submissionOf(job.jobId);
    const environment = await batch.host.docker('exec', `ho-${job.jobId}-runner`, 'env');
    assert.match(environment, /^HOLDOUT_CANARY=canary-7f3a$/m);
    assert.ok(!(await batch.host.inside('ps', 'axww')).includes('canary-7f3a'));
    await batch.host.docker('stop', '--time=30', job.container);
    await job.exitCode;
  });
});

/** The pause (ms) between two runs of the reaper. */
function reaperPause(): number {
  const timer = readFileSync(join(projectRoot(), 'infra/host/holdout-reaper.timer'), 'utf8');
  return Number(/^OnUnitInactiveSec=(\d+)$/m.exec(timer)?.[1]) * 1000;
}

function withVariable(definition: JobDefinition, name: string, value: string): JobDefinition {
  const { containerProperties } = definition;
  const others = containerProperties.environment?.filter((variable) => variable.name !== name) ?? [];
  return { ...definition, containerProperties: { ...containerProperties, environment: [...others, { name, value }] } };
}

const withCommand = (definition: JobDefinition, command: string[]): JobDefinition => ({
  ...definition,
  containerProperties: { ...definition.containerProperties, command },
});

const withoutVolumes = (definition: JobDefinition): JobDefinition => ({
  ...definition,
  containerProperties: { ...definition.containerProperties, volumes: [], mountPoints: [] },
});
