import type { DrillEvidence } from '../drill-findings.ts';
import type { ProgramFindings } from '../program/hostile-program.ts';
import { errno } from '../program/call-numbers.ts';
import { mostTerminals } from '../../sandbox/mounts.ts';
import { resultInWords, type Judgement, unless } from './faults.ts';
import { mountFaults, mountsIn, sizeFaults } from './mount-faults.ts';

const mebibyte = 2 ** 20;
const killed = 9;

type Seen = Omit<DrillEvidence, 'findings'>;

/** A child that takes more than the limit is killed there, and the kernel or the engine has recorded it. */
export function judgeMemory({ memory, mounts }: ProgramFindings, { expected, outside }: Seen): Judgement {
  const { memoryMiB, sharedMemoryMiB, temporaryMiB } = expected;
  const { outOfMemory, peakMiB } = outside;
  const all = mountsIn(mounts);
  return {
    faults: [
      ...unless(memory.status === killed, `a child took more than ${memoryMiB} MiB and was not killed`),
      ...unless(outOfMemory !== 'none', 'the kernel has no record of a kill at the limit'),
      ...peakFaults(peakMiB, memoryMiB),
      ...groupFaults(memory.limits, memoryMiB * mebibyte, 'memory'),
      ...unless(Number(memory.swap ?? 0) === 0, `its control group allows ${memory.swap?.trim()} of swap`),
      ...sizeFaults(all, '/tmp', temporaryMiB),
      ...sizeFaults(all, '/dev/shm', sharedMemoryMiB),
    ],
    seen:
      `a child was killed at ${memoryMiB} MiB` +
      (outOfMemory === 'unknown' ? '; this host keeps no record of such a kill' : ''),
  };
}

/** MiB above the limit that the kernel gives to processes that it is killing, and for its own structures (mm/memcontrol.c). */
const forcedMiB = 8;

/** Whether more was in use than the limit. */
export const peakFaults = (peakMiB: number | null, memoryMiB: number): string[] =>
  unless(peakMiB === null || peakMiB <= memoryMiB + forcedMiB, `it used ${peakMiB} MiB of ${memoryMiB} MiB`);

/**
 * It cannot have more processes than its limit, nor more processor time, where its control group shows that, and leaves others their
 * pseudo-terminals.
 */
export function judgeProcesses(findings: ProgramFindings, { expected, outside }: Seen): Judgement {
  const { processes, processors, terminals } = findings;
  const { made = NaN, last } = processes;
  const counted = outside.processes;
  const allowed = processorsAllowed(processors);
  return {
    faults: [
      ...unless(last === errno.EAGAIN, `fork was never refused: ${resultInWords(last)}`),
      ...unless(made + 1 <= expected.processes, `it had ${made + 1} processes of ${expected.processes}`),
      ...unless((counted ?? 0) <= expected.processes, `${counted} processes were counted from outside`),
      ...terminalFaults(terminals),
      ...groupFaults(processes.limits, expected.processes, 'processes'),
      ...unless(
        (allowed ?? 0) <= expected.processors,
        `its control group allows ${allowed} of ${expected.processors} processors`,
      ),
    ],
    seen:
      `fork was refused at ${made + 1} processes of ${expected.processes}` +
      (counted === null ? '; not counted from outside' : `, ${counted} by the control group`) +
      (allowed === undefined ? '' : `; processors: ${allowed}`),
  };
}

const terminalFaults = ({ opened = NaN, last }: ProgramFindings['terminals']): string[] =>
  unless(
    opened <= mostTerminals && last === errno.ENOSPC,
    `it opened ${opened} pseudo-terminals of ${mostTerminals}: ${resultInWords(last)}`,
  );

/** Processors that the container's own control group allows at a time; undefined where it cannot see that. */
function processorsAllowed({ quota, period, max }: ProgramFindings['processors']): number | undefined {
  const [time, per] = max === undefined ? [quota, period] : max.trim().split(' ');
  if (time === undefined || per === undefined) return undefined;
  // No limit is `max` on cgroup v2 and -1 on v1.
  return Number(time) > 0 ? Number(time) / Number(per) : Infinity;
}

/** A limit of the container's own control group, where it can see that, must not be above what is promised. */
function groupFaults(limits: readonly (string | undefined)[], most: number, what: string): string[] {
  return limits
    .filter((limit) => limit !== undefined)
    .flatMap((limit) => unless(Number(limit) <= most, `its control group allows ${limit.trim()} (${what})`));
}

/** Its output is a file system of its own that ends where it must. */
export function judgeOutput({ output, mounts }: ProgramFindings, { expected, outside }: Seen): Judgement {
  // The file system has some space more than it promises, and holds its own tables.
  const most = 1.1 * expected.outputBytes + 16 * mebibyte;
  const { written = NaN, last, core } = output;
  const all = mountsIn(mounts);
  return {
    faults: [
      ...unless(last === errno.ENOSPC, `a write was never refused: ${resultInWords(last)}`),
      ...unless(written <= most, `it wrote ${inMiB(written)}`),
      ...unless(outside.output.full, 'the output did not get full'),
      ...unless(outside.output.bytes <= most, `${inMiB(outside.output.bytes)} are used in the output`),
      ...unless(core === 0, 'it may write core files'),
      ...[expected.output, '/tmp'].flatMap((point) => mountFaults(all, point, ['nosuid', 'nodev'])),
    ],
    seen: `full after ${inMiB(written)} of at least ${inMiB(expected.outputBytes)}`,
  };
}

const inMiB = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`;
