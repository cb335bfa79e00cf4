import { instantText } from '../../../campaign/model/units.ts';
import type { CampaignProgress } from '../../../campaign/operators/progress.ts';
import { equalFaults } from '../../../campaign/state/platform-faults.ts';
import { nextStepAfter, repairOf } from './next-step.ts';

/** A line for every class that platform faults block, with the command that resumes it. */
export const heldLines = ({ campaign, classes }: CampaignProgress): string[] =>
  Object.entries(classes).flatMap(([name, { held }]) =>
    held
      ? [
          `${name} since ${instantText(held.since)}: ${held.cause} → ${repairOf(held.cause)}: npm run holdout -- resume ${campaign} --class ${name}`,
        ]
      : [],
  );

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
