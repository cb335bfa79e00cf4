import { join } from 'node:path';
import type { Isolation } from '../../campaign/model/classes/instance-class-kinds.ts';
import type { ControlCheck } from '../../campaign/model/canaries/canary.ts';
import { holdoutError } from '../../errors.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { withLock } from '../sandbox/lock.ts';
import { drill } from './drill.ts';
import { drillLimits } from './drill-limits.ts';
import type { DrilledRun } from './confined-program.ts';
import { isolationKey } from './isolation-key.ts';
import { PassedDrills } from './passed-drills.ts';

/** The smallest run that shows whether a host confines. */
const hostRun = (runKey: string, isolation?: Isolation): DrilledRun => ({
  runKey,
  instanceClass: { name: 'isolation', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1, ...(isolation && { isolation }) },
  limits: drillLimits(isolation),
});

/**
 * Tries the confinement with the hostile program, once for each boot of a host, engine, set of flags and program; before a run is
 * claimed, because a host that does not confine is the platform's fault. Throws ISOLATION_BROKEN.
 */
export async function checkIsolation(
  settings: RunnerSettings,
  { runKey, instanceClass }: Pick<DrilledRun, 'runKey' | 'instanceClass'>,
  stop: AbortSignal,
): Promise<void> {
  const { engine, scratch } = settings;
  const run = hostRun(runKey, instanceClass.isolation);
  const markers = new PassedDrills(engine.markers ?? join(scratch, 'isolation'));
  const key = await isolationKey(engine, run);
  if (await markers.has(key)) return;
  await withLock(join(scratch, 'locks', 'isolation'), stop, async () => {
    if (await markers.has(key)) return;
    const broken = (await drill({ settings, run, stop })).filter(({ holds }) => !holds);
    if (broken.length > 0) throw holdoutError('ISOLATION_BROKEN', { broken: inWords(broken) });
    await markers.add(key);
  });
}

/** The drill of {@link checkIsolation}, whatever is noted. */
export const tryIsolation = (settings: RunnerSettings, stop: AbortSignal): Promise<ControlCheck[]> =>
  drill({ settings, run: hostRun('isolation'), stop });

/** One text for each finding: without a report it is the same for all controls. */
function inWords(broken: readonly ControlCheck[]): string[] {
  const findings = new Set(broken.map(({ found }) => found));
  return [...findings].map((found) => {
    const named = broken.filter((check) => check.found === found).map(({ control }) => control);
    return `${named.join(', ')} (${found})`;
  });
}
