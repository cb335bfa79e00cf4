import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import { cleanEnvironment } from '../../../src/runner/sandbox/environment/clean-environment.ts';
import { createArguments } from '../../../src/runner/sandbox/container-flags.ts';
import type { Device } from '../../../src/runner/device/device.ts';
import { NvidiaSampler } from '../../../src/runner/device/nvidia-sampler.ts';
import { openDevice } from '../../../src/runner/device/open-device.ts';
import { runPathsOf } from '../../../src/runner/sandbox/run-paths.ts';
import { PretendedNvidiaSmi } from '../../support/pretended-nvidia-smi.ts';
import { ownVariables } from '../../../src/runner/sandbox/environment/own-variables.ts';

describe('an NVIDIA GPU', () => {
  let smi: PretendedNvidiaSmi;
  let device: Device | undefined;
  const instanceClass = { name: 'g4dn.xlarge', gpu: 'nvidia', gpuMemoryMiB: 15109, vcpus: 4 } as const;
  const place = runPathsOf({ scratch: '/scratch', jobId: 'job' });
  const open = async (engine: 'docker' | 'podman' = 'docker', gpus = 1, assigned?: string[]): Promise<Device> => {
    device = await openDevice({ ...instanceClass, gpus }, place, engine, assigned);
    return device;
  };
  /** The engine's arguments for the device. */
  function engineArguments(name: 'docker' | 'podman', opened: Device): string[] {
    const spec: RunSpec = {
      version: 1,
      runKey: 'c/s/1',
      purpose: 'evaluation',
      image: { reference: 'oci:/store/image:image', digest: 'sha256:0' },
      inputs: { indexKey: 'index.json', files: { bucket: 'b', prefix: 'p/' }, digest: '0', items: 1, bytes: 1 },
      instanceClass,
      limits: { wallClockSeconds: 1, memoryMiB: 1, pids: 1, outputBytes: 1, sharedMemoryMiB: 1 },
      predictions: { file: 'predictions.csv', maxBytes: 1 },
    };
    const none = { environment: [], entryPoint: [], command: [], volumes: [], layers: [] };
    const ofImage = ['NVIDIA_VISIBLE_DEVICES=void', 'NVIDIA_DRIVER_CAPABILITIES=graphics', 'NVIDIA_DISABLE_REQUIRE=1'];
    const created = createArguments({
      spec,
      jobId: 'job',
      place,
      image: { ...none, id: 'image', bytes: 0, workingDirectory: '' },
      environment: cleanEnvironment(ofImage, ownVariables(spec, opened)),
      device: opened,
      engine: { name, runFlags: [] },
      cgroupParent: undefined,
    });
    return created.filter((word) => /gpu|nvidia|device/i.test(word));
  }
  /** Waits for the file that the script writes after its output. */
  const printed = async (name: string): Promise<void> => {
    while (!existsSync(join(smi.folder, name))) await sleep(20);
    rmSync(join(smi.folder, name));
    await sleep(100);
  };
  const lines = (...used: number[]): string =>
    `for used in ${used.join(' ')}; do echo "GPU-1, $used, 15109, 550.54.15"; sleep 0.02; done`;
  /** One listing of several GPUs after the other. */
  const listings = (...used: Record<string, number>[]): string =>
    used
      .map((usedBy) => {
        const listed = Object.entries(usedBy).map(([uuid, mib]) => `echo "${uuid}, ${mib}, 15109, 550.54.15"`);
        return `${listed.join('; ')}; sleep 0.02`;
      })
      .join('\n');
  beforeEach(() => {
    smi = new PretendedNvidiaSmi();
  });
  afterEach(() => {
    device?.close();
    smi.remove();
  });

  it('has its highest sample as the peak and its lowest as the idle usage', async () => {
    smi.does(`${lines(9, 3, 1204, 77)}; touch printed; exec sleep 60`);
    await open();
    await printed('printed');
    assert.deepEqual(await device?.stop(), { totalMiB: 15109, idleMiB: 3, peakMiB: 1204, driver: '550.54.15' });
  });

  it('is passed to the container by each engine’s own flag, with NVDEC’s variables, whatever the image sets', async () => {
    smi.does(`${lines(3)}; exec sleep 60`);
    const nvidiaVariables = [
      '--env=NVIDIA_VISIBLE_DEVICES=GPU-1',
      '--env=NVIDIA_DRIVER_CAPABILITIES=compute,utility,video',
    ];
    // Docker cannot remove an image's variable.
    const emptied = '--env=NVIDIA_DISABLE_REQUIRE=';
    assert.deepEqual(engineArguments('docker', await open('docker')), [
      '--gpus="device=GPU-1"',
      ...nvidiaVariables,
      emptied,
    ]);
    device?.close();
    assert.deepEqual(engineArguments('podman', await open('podman')), [
      '--device=nvidia.com/gpu=all',
      '--env=NVIDIA_VISIBLE_DEVICES=all',
      '--env=NVIDIA_DRIVER_CAPABILITIES=compute,utility,video',
    ]);
  });

  it('has the peak of the driver’s accounting if that is higher than the samples, without earlier runs', async () => {
    smi.does(`${lines(3, 500)}; touch printed; exec sleep 60`, 'cat accounts');
    writeFileSync(join(smi.folder, 'accounts'), 'GPU-1, 12, 15000, 80000\n');
    await open();
    await printed('printed');
    writeFileSync(join(smi.folder, 'accounts'), 'GPU-1, 12, 15000, 80000\nGPU-1, 44, 9000, 1500\nGPU-1, 45, 20, 100\n');
    assert.equal((await device?.stop())?.peakMiB, 9_003);
  });

  it('that cannot be read is an error, not a peak of zero, and the message says what nvidia-smi did', async () => {
    const unreachable = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
    const scripts: [script: string, message: RegExp, next: RegExp][] = [
      [
        `echo "${unreachable}"; exit 9`,
        /^nvidia-smi cannot reach the driver .*: exit status 9, "NVIDIA-SMI/,
        /modprobe/,
      ],
      ['exit 9', /^nvidia-smi cannot reach the driver .*: exit status 9\.$/, /modprobe/],
      [
        'echo "No devices were found"; exit 6',
        /^nvidia-smi shows no device .*: exit status 6, "No devices were/,
        /lspci/,
      ],
      ['echo "[N/A], [N/A], 580.95.05"', /^nvidia-smi shows no device .*: exit status 0, "\[N\/A\], /, /lspci/],
      ['kill -9 $$', /^nvidia-smi shows no device .*: ended by SIGKILL\.$/, /lspci/],
    ];
    for (const [script, message, next] of scripts) {
      smi.does(script);
      await assert.rejects(open(), { code: 'DEVICE_UNREADABLE', message, next }, script);
    }
  });

  it('is an error if there is no nvidia-smi', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = smi.folder;
    const message = 'nvidia-smi is not on the PATH of this host.';
    await assert.rejects(open(), { code: 'DEVICE_UNREADABLE', message, next: /Install the driver/ });
    process.env['PATH'] = PATH;
  });

  it('is an error if nvidia-smi hangs, even if nothing can kill it', async () => {
    smi.does('sleep 5 & wait');
    const message = 'nvidia-smi gave no reading within 0.3 s.';
    await assert.rejects(NvidiaSampler.start({ count: 1 }, 300), { code: 'DEVICE_UNREADABLE', message, next: /Xid/ });
    smi.does('echo "[N/A], [N/A], 580.95.05"; sleep 5');
    await assert.rejects(NvidiaSampler.start({ count: 1 }, 300), {
      message: /^nvidia-smi gave no reading .* "\[N\/A\], \[N\/A\]/,
    });
  });

  it('is still measured after nvidia-smi dies during a run', async () => {
    smi.does(
      `[ -e died ] || { touch died; ${lines(3, 100)}; exit 1; }; ${lines(8000, 60)}; touch printed; exec sleep 60`,
    );
    await open();
    await printed('printed');
    assert.deepEqual(await device?.stop(), { totalMiB: 15109, idleMiB: 3, peakMiB: 8000, driver: '550.54.15' });
  });

  it('is still measured after nvidia-smi stops printing', async () => {
    smi.does(
      `[ -e silent ] || { touch silent; ${lines(3)}; exec sleep 60; }; ${lines(8000)}; touch printed; exec sleep 60`,
    );
    await open();
    await printed('printed');
    assert.equal((await device?.stop())?.peakMiB, 8_000);
  });

  it('that was not sampled for a while is an error, unless the driver’s accounting covers it', async () => {
    const lost = `[ -e lost ] && { echo "[GPU is lost], [GPU is lost], 550.54.15"; exit 15; }; touch lost; ${lines(3, 100)}; exit 1`;
    smi.does(lost, '[ -e accounts ] && cat accounts');
    await open();
    await sleep(5_300);
    await assert.rejects(async () => device?.stop(), { code: 'DEVICE_UNWATCHED', message: /reported nothing for 5 s/ });
    writeFileSync(join(smi.folder, 'accounts'), 'GPU-1, 44, 9000, 1500\n');
    assert.equal((await device?.stop())?.peakMiB, 9_003);
  });

  for (const count of [2, 4]) {
    const uuids = Array.from({ length: count }, (_, index) => `GPU-${index + 1}`);
    const used = (...mib: number[]): Record<string, number> =>
      Object.fromEntries(uuids.map((uuid, index) => [uuid, mib[index] ?? 3]));

    it(`has, of ${count} devices, the fullest one’s memory and the peak of each`, async () => {
      smi.does(`${listings(used(9), used(3, 15_000), used(700, 40))}\ntouch printed; exec sleep 60`);
      const opened = await open('docker', count);
      await printed('printed');
      const { all, ...fullest } = (await opened.stop()) ?? {};
      assert.deepEqual(fullest, { totalMiB: 15_109, idleMiB: 3, peakMiB: 15_000, driver: '550.54.15' });
      const rest = uuids.slice(2).map(() => 3);
      assert.deepEqual(
        all?.map(({ peakMiB }) => peakMiB),
        [700, 15_000, ...rest],
      );
      assert.deepEqual(engineArguments('docker', opened).slice(0, 2), [
        `--gpus="device=${uuids.join(',')}"`,
        `--env=NVIDIA_VISIBLE_DEVICES=${uuids.join(',')}`,
      ]);
      device?.close();
      const flags = engineArguments('podman', await open('podman', count));
      assert.deepEqual(
        flags.slice(0, count),
        uuids.map((uuid) => `--device=nvidia.com/gpu=${uuid}`),
      );
    });

    it(`is not there if the host lists ${count - 1} of ${count} devices`, async () => {
      const { [`GPU-${count}`]: _, ...fewer } = used();
      smi.does(`${listings(fewer, fewer)}\nexec sleep 60`);
      const message = `This host has ${count - 1} GPU${count === 2 ? '' : 's'}; the class has ${count}.`;
      await assert.rejects(open('docker', count), { code: 'GPUS_DIFFER', message });
    });
  }

  it('is only the one that was assigned to the job, whatever the host’s others do', async () => {
    smi.does(
      `${listings({ 'GPU-1': 15_000, 'GPU-2': 5 }, { 'GPU-1': 15_100, 'GPU-2': 77 })}\ntouch printed; exec sleep 60`,
    );
    const opened = await open('docker', 1, ['GPU-2']);
    await printed('printed');
    assert.deepEqual(await opened.stop(), { totalMiB: 15_109, idleMiB: 5, peakMiB: 77, driver: '550.54.15' });
    assert.equal(engineArguments('docker', opened)[0], '--gpus="device=GPU-2"');
  });

  it('is not there if another one was assigned to the job', async () => {
    smi.does(`${listings({ 'GPU-1': 3 }, { 'GPU-1': 3 })}\nexec sleep 60`);
    await assert.rejects(open('docker', 1, ['GPU-9']), { code: 'GPUS_DIFFER' });
  });

  it('is not measured if podman gave the container all GPUs of a host that has several', async () => {
    smi.does(`${listings({ 'GPU-1': 3, 'GPU-2': 3 }, { 'GPU-1': 3, 'GPU-2': 3 })}\ntouch printed; exec sleep 60`);
    const opened = await open('podman');
    await printed('printed');
    await assert.rejects(async () => opened.stop(), { code: 'GPUS_DIFFER' });
  });

  it('among several that was not sampled for a while is an error', async () => {
    const both = listings({ 'GPU-1': 3, 'GPU-2': 3 });
    const one = 'while :; do echo "GPU-1, 3, 15109, 550.54.15"; sleep 0.2; done';
    smi.does(`[ -e listed ] || { ${both}\ntouch listed; }; ${one}`);
    const opened = await open('docker', 2);
    await sleep(5_300);
    await assert.rejects(async () => opened.stop(), { code: 'DEVICE_UNWATCHED' });
  });
});
