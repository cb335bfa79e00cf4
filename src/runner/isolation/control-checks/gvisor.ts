import type { ControlCheck } from '../../../campaign/model/canaries/canary.ts';
import type { DrillEvidence } from '../drill-findings.ts';
import type { ProgramFindings } from '../program/hostile-program.ts';
import { errno } from '../program/call-numbers.ts';
import { resultInWords, type Judgement, notRefused, unless } from './faults.ts';
import { peakFaults } from './limits.ts';
import { judgeControls, usualJudges } from './judge-controls.ts';
import { mountFaults, mountsIn } from './mount-faults.ts';
import { bait } from '../program/hostile-program.ts';
import { lineOf } from './user.ts';

/** Three drills under gVisor: its own kernel ends as a whole at a limit of the host, so each limit is tried alone. */
export interface GvisorEvidence {
  calm: DrillEvidence;
  memory: DrillEvidence;
  processes: DrillEvidence;
}

/** The version that gVisor's kernel states; no kernel of a host is that old. */
const gvisorKernel = /^Linux version 4\.4\.0 #1 SMP Sun Jan 10 15:06:54 PST 2016/;
const killedStatus = 137;

/**
 * Judges a drill under gVisor. System calls reach gVisor's kernel and not the host's, which the filter does not see; the limits
 * are the host's, on all of gVisor.
 */
export const judgeGvisor = ({ calm, memory, processes }: GvisorEvidence): ControlCheck[] =>
  judgeControls(calm, {
    ...usualJudges,
    capabilities: judgeCapabilities,
    memory: () => judgeMemory(memory),
    processes: () => judgeProcesses(processes),
    'read-only-root': judgeRoot,
    'output-size': judgeOutput,
    'system-calls': judgeSystemCalls,
  });

/** gVisor shows no ambient set and no `NoNewPrivs`, and its raw sockets and priorities are its own. */
function judgeCapabilities({ user, status }: ProgramFindings): Judgement {
  return {
    faults: [
      ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd'].flatMap((name) => {
        const value = lineOf(status, name);
        return unless(value !== undefined && /^0+$/.test(value), `${name} is ${value ?? 'unknown'}`);
      }),
      ...notRefused([['make a device', user.mknod]], [errno.EPERM]),
    ],
    seen: 'all sets that gVisor shows are empty',
  };
}

function judgeMemory({ outside: { end, outOfMemory, peakMiB }, expected: { memoryMiB } }: DrillEvidence): Judgement {
  const isKilled = end.kind === 'exited' && end.exitCode === killedStatus;
  return {
    faults: [
      ...unless(isKilled && outOfMemory === 'killed', `a child took more than ${memoryMiB} MiB and nothing was killed`),
      ...peakFaults(peakMiB, memoryMiB),
    ],
    seen: `gVisor was killed at ${memoryMiB} MiB, with everything in it`,
  };
}

/** A report would say that the program made all its processes. */
function judgeProcesses({ findings, outside, expected }: DrillEvidence): Judgement {
  const counted = outside.processes ?? NaN;
  return {
    faults: [
      ...unless(findings?.processes.made === undefined, `it made ${findings?.processes.made} processes`),
      ...unless(outside.end.kind === 'exited' && outside.end.exitCode !== 0, 'gVisor did not end at the limit'),
      // Fewer would show that something else ended it.
      ...unless(
        counted <= expected.processes && counted > expected.processes / 2,
        `${counted} threads were counted from outside`,
      ),
    ],
    seen: `gVisor ended at ${counted} threads of ${expected.processes}, with everything in it`,
  };
}

function judgeRoot({ rootWrites, mounts }: ProgramFindings): Judgement {
  const image = [...rootWrites].filter(([path]) => path.startsWith(bait.imageFolder) || path.startsWith(bait.volume));
  const others = [...rootWrites].filter(([path]) => !image.some(([of]) => of === path));
  return {
    faults: [
      ...notRefused(image, [errno.EROFS]),
      ...notRefused(others, [errno.EROFS, errno.EACCES, errno.EPERM]),
      ...['/', '/etc/hosts'].flatMap((point) => mountFaults(mountsIn(mounts), point, ['ro'])),
    ],
    seen: `${rootWrites.size} writes refused`,
  };
}

function judgeOutput({ output }: ProgramFindings, { expected, outside }: DrillEvidence): Judgement {
  const most = 1.1 * expected.outputBytes + 16 * 2 ** 20;
  return {
    faults: [
      ...unless(output.last === errno.ENOSPC, `a write was never refused: ${resultInWords(output.last)}`),
      ...unless(outside.output.full, 'the output did not get full'),
      ...unless(outside.output.bytes <= most, `${outside.output.bytes} bytes are used in the output`),
    ],
    seen: `full after ${Math.round(outside.output.bytes / 2 ** 20)} MiB`,
  };
}

/** Calls that would reach the host's kernel or its modules have no counterpart in gVisor's. */
const without = ['bpf', 'userfaultfd', 'kexec_load', 'init_module', 'finit_module', 'move_mount', 'open_tree'];

function judgeSystemCalls({ forbidden, kernel }: ProgramFindings): Judgement {
  const sockets = [...forbidden].filter(([name]) => /AF_VSOCK|AF_ALG|AF_XDP/.test(name));
  return {
    faults: [
      ...unless(gvisorKernel.test(kernel ?? ''), `its kernel is not gVisor's: ${kernel?.trim() ?? 'unknown'}`),
      ...notRefused(
        without.map((name) => [name, forbidden.get(name)]),
        [errno.ENOSYS],
      ),
      ...notRefused(sockets, [errno.EAFNOSUPPORT]),
    ],
    seen: 'they reach gVisor’s kernel, not the host’s',
  };
}
