import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { classConditions, type RunConditions } from '../../../src/campaign/planning/pilot-conditions.ts';
import { caseCampaign, classes, limits } from '../samples.ts';

/** Of ten inputs, under the rules of the case. */
export function conditionsOn(on: InstanceClass): RunConditions {
  const { predictions } = caseCampaign();
  const known = classConditions({ limits, predictions, instanceClasses: [...classes, on] }, 10).get(on.name);
  if (known === undefined) throw new Error(`no conditions on ${on.name}`);
  return { image: 'sha256:1', ...known };
}
