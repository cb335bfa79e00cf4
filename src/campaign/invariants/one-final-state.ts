import { isFinal } from '../model/reasons.ts';
import type { Breach } from './breach.ts';
import type { CheckedFacts } from './facts.ts';

/** I2: every record has one final state, which its workflow says too. Changed records are among the changed objects. */
export const stateBreaches = (facts: CheckedFacts): Breach[] => [...withoutFinalState(facts), ...otherStates(facts)];

/** Only a round that finished has no reason. */
function withoutFinalState({ records }: CheckedFacts): Breach[] {
  return [...records].flatMap(([submission, ofSubmission]) =>
    ofSubmission.flatMap(({ state, reason }, index): Breach[] => {
      if (isFinal(state) && (state === 'finished') === (reason === null)) return [];
      return [{ invariant: 'I2', kind: 'no-final-state', submission, sequence: index + 1, state, reason }];
    }),
  );
}

function otherStates({ workflows, records }: CheckedFacts): Breach[] {
  return workflows.flatMap(({ status, member, sequence, outcome, workflowId: workflow }): Breach[] => {
    if (status !== 'completed' || sequence === undefined || outcome === undefined) return [];
    const record = records.get(member)?.[sequence - 1];
    const recorded = record && (record.reason ?? record.state);
    if (recorded === undefined || recorded === outcome) return [];
    return [{ invariant: 'I2', kind: 'other-state', submission: member, sequence, workflow, recorded, outcome }];
  });
}
