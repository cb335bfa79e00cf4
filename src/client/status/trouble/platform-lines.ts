import { adviceOn } from '../../../campaign/explanation/platform-advice.ts';
import { placementStep } from '../../../campaign/model/placement-step.ts';
import { instantText } from '../../../campaign/model/units.ts';
import type { CampaignProgress } from '../../../campaign/operators/progress.ts';
import { equalFaults } from '../../../campaign/state/platform-faults.ts';
import { counted } from '../../../safe-text.ts';
import { arrowTo, nextStepAfter } from './next-step.ts';

/** What to do about a fault before the command after it: `renew the credentials …, then`. */
export function repairOf(cause: string): string {
  const advice = adviceOn(cause);
  if (advice === undefined) return `${nextStepAfter(cause) ?? 'fix the cause'}, then`;
  return advice.lasts ? `${advice.next}, then` : `it may have passed (${advice.next}), so try again`;
}

/** A line for every class whose last runs were ended by a platform fault that does not block it yet. */
export const platformFaultLines = ({ classes }: CampaignProgress): string[] =>
  Object.entries(classes).flatMap(([name, { fault }]) => {
    if (fault === undefined) return [];
    const { cause, count, since } = fault;
    const runs = count === 1 ? 'the last run' : `the last ${count} runs`;
    const began = since === undefined ? '' : ` since ${instantText(since)}`;
    const next = nextStepAfter(cause) ?? 'look at the cause';
    return [
      `${name}: a platform fault ended ${runs}${began}: ${cause} → ${next}; ${equalFaults} in a row block the class`,
    ];
  });

/** A line for every class that waits with free slots because no run has worked there yet. */
export const unprovenLines = ({ classes }: CampaignProgress): string[] =>
  Object.entries(classes).flatMap(([name, { unproven, held, running, slots, waiting }]) =>
    unproven && !held && waiting > 0 && running > 0 && running < slots
      ? [`${name}: no run has worked yet, so it gets at most ${equalFaults} at a time, for half an hour at most`]
      : [],
  );

/** A line for every class whose jobs Batch does not place, with Batch's reason and the earliest instant. */
export function waitLines({ stuck }: CampaignProgress): string[] {
  const waits = new Map<string, { place: string; cause: string; jobs: number; since: number }>();
  for (const { what, cause, since, class: name, submission } of stuck) {
    if (what !== placementStep) continue;
    const place = name ?? submission;
    const key = `${place} ${cause}`;
    const known = waits.get(key) ?? { place, cause, jobs: 0, since };
    waits.set(key, { ...known, jobs: known.jobs + 1, since: Math.min(known.since, since) });
  }
  return [...waits.values()].map(({ place, cause, jobs, since }) => {
    const wait = `${counted(jobs, 'job')} ${jobs === 1 ? 'waits' : 'wait'} for a machine since ${instantText(since)}`;
    return `${place}: ${wait}: ${cause}${arrowTo(nextStepAfter(cause))}`;
  });
}
