import type { Breach } from './breach.ts';
import type { CampaignFacts } from './facts.ts';

/** I2: what a completed workflow says of its round is what the record says. Changed records are among the changed objects. */
export function stateBreaches({ workflows, records }: CampaignFacts): Breach[] {
  return workflows.flatMap(({ status, member, sequence, outcome, workflowId: workflow }): Breach[] => {
    if (status !== 'completed' || sequence === undefined || outcome === undefined) return [];
    const record = records.get(member)?.[sequence - 1];
    const recorded = record && (record.reason ?? record.state);
    if (recorded === undefined || recorded === outcome) return [];
    return [{ invariant: 'I2', kind: 'other-state', submission: member, sequence, workflow, recorded, outcome }];
  });
}
