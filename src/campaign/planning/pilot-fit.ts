import { differences } from '../operators/differences.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import type { FileConditions } from './pilot-conditions.ts';
import type { PilotOrder, PilotRun } from './pilot.ts';

/** Whether two are of the same submission on the same class. */
export const isSameRun = (a: Placed, b: Placed): boolean => a.submission === b.submission && a.class === b.class;
type Placed = Pick<PilotOrder, 'submission' | 'class'>;

/** Whether a run says anything of its submission: one that the platform or an operator ended does not. */
export const isMeasured = ({ reason }: Pick<PilotRun, 'reason'>): boolean =>
  reason === null || responsibleParty(reason) === 'team';

/** A run that ended well, with the seconds of its container. */
export type GoodRun = PilotRun & { seconds: number };
export const isGood = (run: PilotRun): run is GoodRun => run.reason === null && run.seconds !== null;

/**
 * What was measured on the classes, less the submissions that failed where there is no device and were not measured where
 * there is one: whether they need it is not known. Pure.
 */
export function tellingRuns(runs: readonly PilotRun[], classes: readonly InstanceClass[]): PilotRun[] {
  const kinds = new Map(classes.map(({ name, kind }) => [name, kind]));
  const hasDevices = classes.some(({ kind }) => kind === 'gpu');
  const tells = (run: PilotRun): boolean =>
    !hasDevices || isGood(run) || run.reason === 'image-refused' || kinds.get(run.class) === 'gpu';
  const measured = runs.filter((run) => isMeasured(run) && kinds.has(run.class));
  const known = new Set(measured.filter(tells).map(({ submission }) => submission));
  return measured.filter(({ submission }) => known.has(submission));
}

/** What every measurement depends on, and what only a run that failed so does. */
const always = ['inputs', 'machine.', 'limits.memoryMiB', 'limits.sharedMemoryMiB'];
const whenFailed: Partial<Record<Reason, readonly string[]>> = {
  'submission-error': ['limits.pids', 'limits.outputBytes'],
  'output-missing': ['limits.outputBytes', 'predictions.'],
  'output-invalid': ['limits.outputBytes', 'predictions.'],
  'image-refused': ['limits.imageBytes', 'limits.unpackedBytes'],
};

/**
 * Why what was measured, or is under way, is not what the file would have run; undefined when it fits. With a shorter time
 * limit it does: how long it ran is known. Pure.
 */
export function unfitBecause(run: PilotOrder & Partial<PilotRun>, now: FileConditions): string | undefined {
  const { image: was, ...before } = run.conditions;
  const image = now.images.get(run.submission);
  const after = now.classes.get(run.class);
  if (image === undefined) return 'the submission is not in the file any more';
  if (image !== was) return 'the submission has another image now';
  if (after === undefined) return `the file has no class ${run.class}`;
  const { reason } = run;
  const counting = [...always, ...((reason && whenFailed[reason]) ?? [])];
  const differing = differences(before, after).filter((text) => counting.some((path) => text.startsWith(path)));
  if (reason === 'time-limit' && after.limits.wallClockSeconds > before.limits.wallClockSeconds)
    differing.push('the time limit that ended the run is longer now');
  return differing.length === 0 ? undefined : `on ${run.class} the file has changed: ${differing.join('; ')}`;
}

/** A pilot's runs by what they are worth to the file as it is now. */
export interface SortedRuns {
  measured: PilotRun[];
  /** They fit and say nothing; nothing else says it either. */
  silent: PilotRun[];
  /** By the cause for which they do not fit; nothing else says it either. */
  leftOut: Map<string, PilotRun[]>;
}

/** Tells what was measured and still holds from the rest. Pure. */
export function sortedRuns(runs: readonly PilotRun[], now: FileConditions): SortedRuns {
  const fits = runs.filter((run) => unfitBecause(run, now) === undefined);
  const measured = fits.filter(isMeasured);
  const isUnknown = (run: PilotRun): boolean => !measured.some((other) => isSameRun(run, other));
  // Of runs that were tried again the last one counts.
  const silent = fits.filter(isUnknown).filter((run, at, all) => !all.slice(at + 1).some((one) => isSameRun(run, one)));
  const leftOut = new Map<string, PilotRun[]>();
  for (const run of runs.filter((one) => !fits.includes(one) && isUnknown(one))) {
    const because = unfitBecause(run, now) ?? '';
    leftOut.set(because, [...(leftOut.get(because) ?? []), run]);
  }
  return { measured, silent, leftOut };
}
