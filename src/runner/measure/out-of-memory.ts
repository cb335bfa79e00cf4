import { holdoutError } from '../../errors.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import type { RunCgroup } from '../sandbox/cgroup.ts';
import type { ContainerState, ContainerEngine } from '../sandbox/engine.ts';
import { KernelLog, type KernelVerdict } from './kernel-log.ts';

type Verdict = RunOutcome['memory']['outOfMemory'];

/** Watches for kills at the memory limit; opened before the container starts. */
interface OutOfMemoryWatch {
  /** Call it after the container has ended. Throws HOST_MEMORY_EXHAUSTED if the whole machine was out of memory. */
  verdict(state: ContainerState): Promise<Verdict>;
  close(): void;
}

/** The most exact watch that this host allows: docker's own record, else the kernel's counters (v2), else its log (v1). */
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

/** If this group's limit was not hit, the whole host was out of memory. */
async function fromCounters(cgroup: RunCgroup): Promise<KernelVerdict> {
  const { limitHits, kills } = (await cgroup.memoryEvents()) ?? { limitHits: 0, kills: 0 };
  if (kills === 0) return 'none';
  return limitHits > 0 ? 'killed' : 'host';
}

function verdictOf(found: KernelVerdict): Verdict {
  if (found === 'host') throw holdoutError('HOST_MEMORY_EXHAUSTED', {});
  return found;
}
