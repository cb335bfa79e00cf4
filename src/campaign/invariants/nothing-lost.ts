import type { Breach } from './breach.ts';
import type { CheckedFacts, Round } from './facts.ts';

/** I1: every round that was handed in or added has a record, or somebody works on it; and what has ended is published. */
export function lostBreaches(facts: CheckedFacts): Breach[] {
  return [...lostRounds(facts), ...lostRecords(facts), ...forgottenRounds(facts), ...unpublished(facts)];
}

/** The rounds without a record. */
export const openRounds = ({ rounds, records }: Pick<CheckedFacts, 'rounds' | 'records'>): Round[] =>
  rounds.filter(({ submission, sequence }) => sequence > (records.get(submission)?.length ?? 0));

/** A running campaign starts the workflows of open rounds later. */
function lostRounds(facts: CheckedFacts): Breach[] {
  if (facts.phase === 'running') return [];
  const running = new Set(facts.workflows.filter(({ status }) => status === 'running').map(({ member }) => member));
  return openRounds(facts)
    .filter(({ submission }) => !running.has(submission))
    .map(({ submission, sequence }) => ({ invariant: 'I1', kind: 'round-lost', submission, sequence }));
}

/** A workflow completes only after it has written the record. */
function lostRecords({ workflows, records, canaries }: CheckedFacts): Breach[] {
  const ended = new Set(canaries.map(({ class: name, n }) => `${name}:${n}`));
  return workflows.flatMap(({ status, sequence, member, canaryOf, workflowId: workflow }): Breach[] => {
    if (status !== 'completed' || sequence === undefined) return [];
    const isRecorded =
      canaryOf === undefined ? sequence <= (records.get(member)?.length ?? 0) : ended.has(`${canaryOf}:${sequence}`);
    const submission = canaryOf === undefined ? member : null;
    return isRecorded ? [] : [{ invariant: 'I1', kind: 'record-lost', submission, sequence, workflow }];
  });
}

/** A campaign learns of an end after its record was written, so it never counts fewer open rounds than have no record. */
function forgottenRounds(facts: CheckedFacts): Breach[] {
  const open = openRounds(facts).length;
  const counted = facts.progress?.open ?? open;
  return counted < open ? [{ invariant: 'I1', kind: 'rounds-forgotten', open, counted }] : [];
}

function unpublished({ phase, published, records }: CheckedFacts): Breach[] {
  if (phase !== 'ended' || published === undefined) return [];
  return [...records].flatMap(([submission, { length }]): Breach[] => {
    const known = published[submission]?.records ?? 0;
    return known >= length
      ? []
      : [{ invariant: 'I1', kind: 'not-published', submission, records: length, published: known }];
  });
}
