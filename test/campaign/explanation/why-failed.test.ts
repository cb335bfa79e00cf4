import assert from 'node:assert/strict';
import { responsibleParties, type Reason } from '../../../src/campaign/model/reasons.ts';
import { whyOfEnd, whyOfReason, whyOfRule, whyOfRun } from '../../../src/campaign/explanation/why-failed.ts';

describe('the explanation of a failure', () => {
  it('is one sentence and a next step for every rule and every reason', () => {
    for (const { sentence, next } of [...Object.values(whyOfRule), ...Object.values(whyOfReason)]) {
      assert.match(sentence, /^[A-Z][^.]+\.$/);
      assert.match(next, /^[A-Z].+\.$/);
    }
    assert.deepEqual(Object.keys(whyOfReason).sort(), Object.keys(responsibleParties).sort());
  });

  it('is the rule’s for the team’s failures', () => {
    const facts = { rule: 'shared-memory-text' } as const;
    assert.equal(whyOfRun({ reason: 'submission-error', facts }), whyOfRule['shared-memory-text']);
  });

  it('is the rule’s and the reason’s if the platform or an operator ended the run', () => {
    const why = whyOfRun({ reason: 'spot-reclaimed', facts: { rule: 'no-outcome' } });
    assert.equal(why?.sentence, `${whyOfRule['no-outcome'].sentence} AWS reclaimed the machine.`);
    assert.equal(why?.next, whyOfReason['spot-reclaimed'].next);
  });

  it('is the reason’s for a record without facts, and undefined for success', () => {
    assert.equal(whyOfRun({ reason: 'time-limit' }), whyOfReason['time-limit']);
    assert.equal(whyOfRun({ reason: null, facts: { rule: null } }), undefined);
    assert.equal(whyOfEnd(null, []), undefined);
  });

  it('of a submission is its last run’s only if that has the same reason', () => {
    const run = { reason: 'host-out-of-memory', facts: { rule: 'host-out-of-memory-record' } } as const;
    assert.equal(whyOfEnd('host-out-of-memory', [run]), whyOfRule['host-out-of-memory-record']);
    const others: Reason[] = ['unplaceable', 'cancelled', 'output-invalid', 'image-refused'];
    for (const reason of others) assert.equal(whyOfEnd(reason, [run]), whyOfReason[reason]);
  });
});
