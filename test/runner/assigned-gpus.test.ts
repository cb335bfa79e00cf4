import assert from 'node:assert/strict';
import { runnerArguments } from '../../src/runner/launch/runner-container.ts';
import { loadRunnerSettings } from '../../src/runner/runner-settings.ts';

describe('the GPUs that the ECS agent assigns to a job', () => {
  const environment = { NVIDIA_VISIBLE_DEVICES: 'GPU-8f6d-1,GPU-8f6d-2', PATH: '/bin', AWS_REGION: 'us-east-1' };

  it('are those of the runner’s container, which knows their UUIDs', () => {
    const flags = runnerArguments({
      name: 'ho-job-runner',
      jobId: 'job',
      launcher: undefined,
      image: 'runner@sha256:0',
      scratch: '/scratch',
      environment,
      command: ['run'],
    }).filter((flag) => flag.startsWith('--gpus') || flag.startsWith('--env'));
    assert.deepEqual(flags, [
      '--gpus="device=GPU-8f6d-1,GPU-8f6d-2","capabilities=utility"',
      '--env=NVIDIA_VISIBLE_DEVICES',
      '--env=AWS_REGION',
    ]);
    assert.deepEqual(loadRunnerSettings('job', environment).assignedGpus, ['GPU-8f6d-1', 'GPU-8f6d-2']);
  });

  it('are unknown if the variable lists none, and an error if it lists something else', () => {
    for (const value of [undefined, '', 'all', 'none', 'void']) {
      assert.equal(loadRunnerSettings('job', { NVIDIA_VISIBLE_DEVICES: value }).assignedGpus, undefined);
    }
    for (const value of ['0', 'GPU-1,1', 'MIG-8f6d']) {
      assert.throws(() => loadRunnerSettings('job', { NVIDIA_VISIBLE_DEVICES: value }), { code: 'RUNNER_SETTING' });
    }
  });
});
