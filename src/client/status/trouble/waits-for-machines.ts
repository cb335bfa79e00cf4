import { placementStep } from '../../../campaign/model/placement-step.ts';
import { instantText } from '../../../campaign/model/units.ts';
import type { CampaignProgress } from '../../../campaign/operators/progress.ts';
import { counted } from '../../../safe-text.ts';
import { arrowTo, nextStepAfter } from './next-step.ts';

/** A line for every class whose jobs Batch does not place, with Batch's reason and the earliest instant. */
export function machineWaitLines({ stuck }: CampaignProgress): string[] {
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
