import { holdoutError } from '../../errors.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import type { RunCgroup } from '../sandbox/cgroup.ts';
import type { ContainerState, ContainerEngine } from '../sandbox/engine.ts';
import { KernelLog, type KernelVerdict } from './kernel-log.ts';

type Verdict = RunOutcome['memory']['outOfMemory'];

/** Watches for kills at the memory limit, from before the container starts. */
export interface OutOfMemoryWatch {
  /** Asked once the container has ended; throws HOST_MEMORY_EXHAUSTED when the whole machine was out of memory. */
  verdict(state: ContainerState): Promise<Verdict>;
  close(): void;
}

/** The most exact watch of this host: dockerd's own record, else the kernel's counters (v2), else its log (v1). */
export async function watchOutOfMemory(
  engine: ContainerEngine,
  cgroup: RunCgroup | undefined,
): Promise<OutOfMemoryWatch> {
  if (engine.name === 'docker' || cgroup === undefined) {
    return { verdict: async (state) => (state.outOfMemoryKilled ? 'killed' : 'none'), close: () => {} };
  }
  if ((await cgroup.memoryEvents()) !== undefined) {
    return { verdict: async () => verdictOf(await fromCounters(cgroup)), close: () => {} };
  }
  const log = KernelLog.open(cgroup.path);
  return { verdict: async () => verdictOf(log?.verdict() ?? 'unknown'), close: () => log?.close() };
}

/** A kill without a hit of this group's limit came from outside. */
async function fromCounters(cgroup: RunCgroup): Promise<KernelVerdict> {
  const { limitHits, kills } = (await cgroup.memoryEvents()) ?? { limitHits: 0, kills: 0 };
  if (kills === 0) return 'none';
  return limitHits > 0 ? 'killed' : 'host';
}

function verdictOf(found: KernelVerdict): Verdict {
  if (found === 'host') throw holdoutError('HOST_MEMORY_EXHAUSTED', {});
  return found;
}
