import assert from 'node:assert/strict';
import { judgeDevice } from '../../../../src/runner/isolation/device-check/judge-device.ts';

type Evidence = Parameters<typeof judgeDevice>[0];

/** Two GPUs, as a real driver reports them: each has less memory than its nominal size, and a context beside the load. */
const sound = (): Evidence => ({
  findings: {
    count: 2,
    devices: [
      { name: 'Tesla T4', totalMiB: 14_918, takenMiB: 3_840 },
      { name: 'Tesla T4', totalMiB: 14_918, takenMiB: 3_840 },
    ],
    problem: undefined,
  },
  measured: {
    totalMiB: 15_360,
    idleMiB: 4,
    peakMiB: 3_950,
    driver: '580.1',
    all: [
      { totalMiB: 15_360, idleMiB: 4, peakMiB: 3_950 },
      { totalMiB: 15_360, idleMiB: 4, peakMiB: 3_948 },
    ],
  },
  end: { kind: 'exited', exitCode: 0 },
  expected: { name: 'g4', gpu: 'nvidia', gpus: 2, gpuMemoryMiB: 15_360, vcpus: 4, takenMiB: 3_840 },
});

describe('the judge of a load on a device', () => {
  it('agrees with a device that is seen and measured right', () => {
    const found = '2 × Tesla T4, 15360 MiB, driver 580.1; 3840 MiB taken, 3950, 3948 MiB measured';
    assert.deepEqual(judgeDevice(sound()), { holds: true, found });
  });

  const changes: Record<string, [(evidence: Evidence) => object, RegExp]> = {
    'there is no report': [
      (evidence) => Object.assign(evidence, { findings: undefined, end: { kind: 'time-limit' } }),
      /^not tried: the program did not end within its wall clock$/,
    ],
    'nothing was measured': [(evidence) => Object.assign(evidence, { measured: null }), /measured no device/],
    'the driver refuses': [
      ({ findings }) => Object.assign(findings ?? {}, { problem: 'cuInit returned 100' }),
      /^cuInit returned 100$/,
    ],
    'the container sees another number': [
      ({ findings }) => Object.assign(findings ?? {}, { count: 4 }),
      /^the container sees 4 devices of 2$/,
    ],
    'the runner measures one alone': [
      ({ measured }) => Object.assign(measured ?? {}, { all: undefined }),
      /^the runner measured 1 devices of 2$/,
    ],
    'they are of two kinds': [
      ({ findings }) => Object.assign(findings?.devices[1] ?? {}, { name: 'L4' }),
      /^its devices are not of one kind$/,
    ],
    'the class has a larger one': [
      ({ expected }) => Object.assign(expected, { gpuMemoryMiB: 23_034 }),
      /^device 0 of the container has 14918 MiB, the class 23034 MiB; /,
    ],
    'the load got nothing': [
      ({ findings }) => Object.assign(findings?.devices[0] ?? {}, { takenMiB: 0 }),
      /^it took 0 of 3840 MiB$/,
    ],
    'a peak was missed': [
      ({ measured }) => Object.assign(measured?.all?.[1] ?? {}, { peakMiB: 4 }),
      /^the runner measured 4 MiB of device 1, not 3844 to \d+ MiB$/,
    ],
    'something else used the device': [
      ({ measured }) => Object.assign(measured?.all?.[0] ?? {}, { peakMiB: 9_000 }),
      /^the runner measured 9000 MiB of device 0, not 3844 to \d+ MiB$/,
    ],
  };
  for (const [what, [change, found]] of Object.entries(changes)) {
    it(`disagrees if ${what}`, () => {
      const evidence = sound();
      change(evidence);
      const check = judgeDevice(evidence);
      assert.equal(check.holds, false);
      assert.match(check.found, found);
    });
  }
});
