import { differences } from '../operators/json-differences.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { responsibleParty } from '../model/reasons.ts';
import { relevantConditions, type FileConditions } from './pilot-conditions.ts';
import type { PilotOrder, PilotRun } from './pilot-sample.ts';

/** Whether two runs are of the same submission on the same class. */
export const isSameRun = (a: RunPlace, b: RunPlace): boolean => a.submission === b.submission && a.class === b.class;
type RunPlace = Pick<PilotOrder, 'submission' | 'class'>;

/** Whether a run says anything about its submission. If the platform or an operator ended it, it does not. */
export const isMeasured = ({ reason }: Pick<PilotRun, 'reason'>): boolean =>
  reason === null || responsibleParty(reason) === 'team';

/** A run that succeeded, with the seconds of its container. */
export type SuccessfulRun = PilotRun & { seconds: number };
export const isSuccessful = (run: PilotRun): run is SuccessfulRun => run.reason === null && run.seconds !== null;

/**
 * The measurements on the classes, without submissions that failed on a class without a GPU and were not measured on one
 * with a GPU: whether they need it is unknown.
 */
export function informativeRuns(runs: readonly PilotRun[], classes: readonly InstanceClass[]): PilotRun[] {
  const kinds = new Map(classes.map(({ name, kind }) => [name, kind]));
  const hasGpus = classes.some(({ kind }) => kind === 'gpu');
  const isInformative = (run: PilotRun): boolean =>
    !hasGpus || isSuccessful(run) || run.reason === 'image-refused' || kinds.get(run.class) === 'gpu';
  const measured = runs.filter((run) => isMeasured(run) && kinds.has(run.class));
  const known = new Set(measured.filter(isInformative).map(({ submission }) => submission));
  return measured.filter(({ submission }) => known.has(submission));
}

/**
 * Why a measured or running pilot run does not match the file; undefined if it does. A shorter time limit does not matter,
 * because the duration of the run is known.
 */
export function unfitBecause(run: PilotOrder & Partial<PilotRun>, now: FileConditions): string | undefined {
  const { image: was, ...before } = run.conditions;
  const image = now.images.get(run.submission);
  const after = now.classes.get(run.class);
  if (image === undefined) return 'the submission is no longer in the file';
  if (image !== was) return 'the image of the submission has changed';
  if (after === undefined) return `the file has no class ${run.class}`;
  const { reason } = run;
  const relevant = relevantConditions(reason);
  const differing = differences(before, after).filter((text) => relevant.some((path) => text.startsWith(path)));
  if (reason === 'time-limit' && after.limits.wallClockSeconds > before.limits.wallClockSeconds)
    differing.push('the time limit that ended the run is longer now');
  return differing.length === 0 ? undefined : `on ${run.class} the file has changed: ${differing.join('; ')}`;
}

/** A pilot's runs by their value for the current file. */
export interface SortedRuns {
  measured: PilotRun[];
  /** Runs that match the file but measured nothing, if no other run measured the same. */
  unmeasured: PilotRun[];
  /** Runs that do not match the file, by the reason, if no other run measured the same. */
  leftOut: Map<string, PilotRun[]>;
}

/** Separates valid measurements from the rest. */
export function sortedRuns(runs: readonly PilotRun[], now: FileConditions): SortedRuns {
  const fits = runs.filter((run) => unfitBecause(run, now) === undefined);
  const measured = fits.filter(isMeasured);
  const isUnknown = (run: PilotRun): boolean => !measured.some((other) => isSameRun(run, other));
  // Of repeated runs, the last one counts.
  const unmeasured = fits
    .filter(isUnknown)
    .filter((run, at, all) => !all.slice(at + 1).some((one) => isSameRun(run, one)));
  const leftOut = new Map<string, PilotRun[]>();
  for (const run of runs.filter((one) => !fits.includes(one) && isUnknown(one))) {
    const because = unfitBecause(run, now) ?? '';
    leftOut.set(because, [...(leftOut.get(because) ?? []), run]);
  }
  return { measured, unmeasured, leftOut };
}
