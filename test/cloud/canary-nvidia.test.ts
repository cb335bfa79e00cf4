import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CanaryOutcome, CanarySpec } from '../../src/campaign/model/canaries/canary.ts';
import { which } from '../../src/local/tools/find-engine.ts';
import { runObjects } from '../../src/object-keys.ts';
import { RunnerRig } from '../runner/runner-rig.ts';

/** A library with the driver's functions that the load calls: one device of 15,000 MiB. */
const pretendedCuda = `
#include <stdio.h>
int cuInit(unsigned flags) { return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int n) { *device = n + 7; return 0; }
int cuDeviceGetName(char *name, int length, int device) { return snprintf(name, length, "Pretended GPU") < 0; }
int cuDeviceTotalMem_v2(unsigned long *bytes, int device) { *bytes = 15000ul << 20; return device == 7 ? 0 : 101; }
int cuDevicePrimaryCtxRetain(void **context, int device) { *context = (void *)0x123456789a; return 0; }
int cuCtxSetCurrent(void *context) { return context == (void *)0x123456789a ? 0 : 201; }
int cuMemAlloc_v2(unsigned long *pointer, unsigned long bytes) {
  FILE *taken = fopen("/output/taken", "w");
  if (taken == NULL) return 999;
  fprintf(taken, "%lu", bytes >> 20);
  fclose(taken);
  *pointer = 1;
  return 0;
}
`;

/** As `nvidia-ctk cdi generate` names and mounts things, without device nodes. */
const cdi = (library: string): object => ({
  cdiVersion: '0.5.0',
  kind: 'nvidia.com/gpu',
  devices: [{ name: 'all', containerEdits: { env: ['NVIDIA_VISIBLE_DEVICES=void'] } }],
  containerEdits: {
    mounts: [
      {
        hostPath: library,
        containerPath: '/usr/lib64/libcuda.so.1',
        options: ['ro', 'nosuid', 'nodev', 'bind'],
      },
    ],
  },
});

/** Where podman looks for CDI files that programs make; another folder, /etc/cdi, is the administrator's. */
const cdiFolder = '/var/run/cdi';

const title = 'a canary on a class with an NVIDIA GPU, with a pretended driver by a CDI file';
const obstacle =
  which('gcc') === undefined
    ? 'no gcc here'
    : ['/etc/cdi', cdiFolder].some((folder) => existsSync(folder)) && 'this machine has CDI files of its own';

(obstacle ? describe.skip : describe)(obstacle ? `${title} (${obstacle})` : title, function () {
  this.timeout(120_000);
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
    const source = join(rig.folder, 'cuda.c');
    writeFileSync(source, pretendedCuda);
    execFileSync('gcc', ['-shared', '-fPIC', '-Wl,-soname,libcuda.so.1', '-o', library(), source]);
    mkdirSync(cdiFolder);
    writeFileSync(join(cdiFolder, 'nvidia.json'), JSON.stringify(cdi(library())));
  });
  after(async () => {
    rmSync(cdiFolder, { recursive: true, force: true });
    await rig.stop();
  });
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const library = (): string => join(rig.folder, 'libcuda.so.1');

  /** An nvidia-smi that shows what the load has taken and `contextMiB`, a share of it if it measures wrongly. */
  function environment(share: number): NodeJS.ProcessEnv {
    const bin = join(rig.folder, `bin-${share}`);
    mkdirSync(bin);
    const taken = `${join(rig.scratch, 'runs')}/*/output/taken`;
    const script = `#!/bin/sh
case "$*" in
*accounted*) ;;
*memory.used*)
  while :; do
    taken=$(cat ${taken} 2>/dev/null) && used=$((4 + 120 + taken * ${share} / 100)) || used=4
    echo "GPU-1, $used, 15360, 580.1"
    sleep 0.2
  done ;;
*) echo GPU-1 ;;
esac
`;
    writeFileSync(join(bin, 'nvidia-smi'), script, { mode: 0o755 });
    return {
      PATH: `${bin}:${process.env['PATH']}`,
      HOLDOUT_ENGINE: JSON.stringify({ ...rig.engine, markers: join(rig.folder, 'markers') }),
    };
  }

  async function canary(n: number, share: number): Promise<CanaryOutcome | undefined> {
    const runKey = `c/canary-${n}/1`;
    const spec: CanarySpec = {
      version: 1,
      purpose: 'canary',
      runKey,
      instanceClass: { name: 'g4', gpu: 'nvidia', gpuMemoryMiB: 15_360, vcpus: 1 },
      limits: { wallClockSeconds: 60, memoryMiB: 64, pids: 64, outputBytes: 8 << 20, sharedMemoryMiB: 16 },
    };
    await rig.store.write(rig.s3.buckets.runs, runObjects.spec(runKey), JSON.stringify(spec));
    const runner = rig.startRunner(runKey, undefined, environment(share));
    assert.equal(await runner.exitCode, 0, runner.stderr());
    return rig.store.findJson<CanaryOutcome>(rig.s3.buckets.runs, runObjects.outcome(runKey));
  }

  it('takes memory through libcuda in the real confinement, and the runner measures it', async () => {
    const outcome = await canary(1, 100);
    assert.deepEqual(outcome?.device, {
      holds: true,
      found: '1 × Pretended GPU, 15360 MiB, driver 580.1; 3840 MiB taken, 3964 MiB measured',
    });
    assert.deepEqual(
      outcome.controls.filter(({ holds }) => !holds),
      [],
    );
  });

  it('says so if the measurement shows half of what was taken', async () => {
    const device = (await canary(2, 50))?.device;
    assert.equal(device?.holds, false);
    assert.match(device.found, /the runner measured 2044 MiB of device 0, not 3844 to \d+ MiB/);
  });
});
