import type { DeviceCheck } from '../../../campaign/model/canaries/canary.ts';
import { gpusOf } from '../../../campaign/model/classes/instance-class-kinds.ts';
import type { ContainerEnd, DeviceUse, RunOutcome } from '../../../campaign/model/run-outcome.ts';
import type { RunSpec } from '../../../campaign/model/run-spec.ts';
import { endInWords, unless } from '../control-checks/faults.ts';
import type { DeviceFindings } from './device-load.ts';

interface DeviceEvidence {
  /** Undefined if the load left no report. */
  findings: DeviceFindings | undefined;
  /** By the runner, from outside. */
  measured: RunOutcome['device'];
  end: ContainerEnd;
  expected: RunSpec['instanceClass'] & {
    /** What the load takes of each device. */
    takenMiB: number;
  };
}

/** Drivers keep a part of a device's memory for themselves, error correction another; the class states the nominal size. */
const [leastShare, mostShare] = [0.9, 1.02];
/** Of a CUDA context, by which a process uses more than it allocates: 527 MiB on an H200. */
const contextMiB = 1_024;

/** Whether the container sees the devices of its class, and the runner measures what it took of them. */
export function judgeDevice({ findings, measured, end, expected }: DeviceEvidence): DeviceCheck {
  if (findings === undefined) return { holds: false, found: `not tried: ${endInWords(end)}` };
  if (measured === null) return { holds: false, found: 'the runner measured no device' };
  const all = measured.all ?? [measured];
  const count = gpusOf(expected);
  const { devices, problem, count: seen } = findings;
  const faults = [
    ...(problem === undefined ? [] : [problem]),
    ...unless(seen === count, `the container sees ${seen} devices of ${count}`),
    ...unless(all.length === count, `the runner measured ${all.length} devices of ${count}`),
    ...unless(new Set(devices.map(({ name }) => name)).size <= 1, 'its devices are not of one kind'),
    ...devices.flatMap((device, n) => [
      ...sizeFaults(`device ${n} of the container`, device.totalMiB, expected),
      ...unless(device.takenMiB === expected.takenMiB, `it took ${device.takenMiB} of ${expected.takenMiB} MiB`),
    ]),
    ...all.flatMap((use, n) => [
      ...sizeFaults(`device ${n} of the host`, use.totalMiB, expected),
      ...peakFaults(use, n, expected),
    ]),
  ];
  const summary =
    `${count} × ${devices[0]?.name ?? 'no device'}, ${measured.totalMiB} MiB, driver ${measured.driver}; ` +
    `${expected.takenMiB} MiB taken, ${all.map(({ peakMiB }) => peakMiB).join(', ')} MiB measured`;
  return { holds: faults.length === 0, found: faults.length === 0 ? summary : faults.join('; ') };
}

function sizeFaults(what: string, mebibytes: number, { gpu, gpuMemoryMiB }: DeviceEvidence['expected']): string[] {
  const share = mebibytes / gpuMemoryMiB;
  const isRight = gpu === 'emulated' ? share === 1 : share >= leastShare && share <= mostShare;
  return unless(isRight, `${what} has ${mebibytes} MiB, the class ${gpuMemoryMiB} MiB`);
}

function peakFaults(
  { idleMiB, peakMiB }: DeviceUse,
  n: number,
  { gpu, takenMiB }: DeviceEvidence['expected'],
): string[] {
  const least = idleMiB + takenMiB;
  const most = gpu === 'emulated' ? least : least + contextMiB + takenMiB / 50;
  return unless(
    peakMiB >= least && peakMiB <= most,
    `the runner measured ${peakMiB} MiB of device ${n}, not ${least} to ${Math.ceil(most)} MiB`,
  );
}
