import { instantText } from '../../campaign/model/units.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { mostCanaryFaults } from '../../campaign/state/canaries.ts';
import { stuckStepText } from './trouble/stuck-texts.ts';
import { arrowTo, nextStepAfter } from './trouble/next-step.ts';

/** A line for every class that gets no runs because its canary has not ended. */
export const canaryLines = ({ classes }: CampaignProgress): string[] =>
  Object.entries(classes).flatMap(([name, { canary }]) => {
    if (canary === undefined) return [];
    const { n, since, stuck, faults } = canary;
    const parts = [
      `${name} gets its first run once its canary ${n}, under way since ${instantText(since)}, has opened it`,
    ];
    if (stuck) parts.push(stuckStepText(stuck));
    if (faults) {
      const { count, cause } = faults;
      const before = count === 1 ? 'the canary before it' : `the ${count} canaries before it`;
      parts.push(
        `${before} left no outcome: ${cause}${arrowTo(nextStepAfter(cause))}; ${mostCanaryFaults} in a row block the class`,
      );
    }
    return [parts.join('; ')];
  });
