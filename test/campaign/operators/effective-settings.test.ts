import assert from 'node:assert/strict';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import { effectiveSettings, withoutAppliedChanges } from '../../../src/campaign/operators/effective-settings.ts';
import type { OperatorCommand } from '../../../src/campaign/operators/operator-commands.ts';
import { frozenCampaign } from '../../support/campaigns/frozen-campaign.ts';

const known = frozenCampaign();
const commands: OperatorCommand[] = [
  { name: 'raiseBudget', message: { usd: 2_000 } },
  { name: 'setSlots', message: { class: 'g4', slots: 7 } },
  { name: 'setSlots', message: { class: 'g4', slots: 9 } },
  { name: 'setDeadline', message: { deadline: '2099-06-01T00:00:00Z' } },
  { name: 'reprioritiseTeam', message: { team: 'a', weight: 2 } },
  { name: 'reprioritiseTeam', message: { team: 'b', priority: 1 } },
  { name: 'cancel', message: { submissions: ['a-1'] } },
];
const changed = (change: (campaign: FrozenCampaign) => void): FrozenCampaign => {
  const fresh = structuredClone(known);
  change(fresh);
  return fresh;
};
const withoutApplied = (change: (campaign: FrozenCampaign) => void): FrozenCampaign =>
  withoutAppliedChanges(known, changed(change), effectiveSettings(known, commands));

describe('the settings after operators’ commands', () => {
  it('are those of the last command', () => {
    const { budget, deadline, slots, weights, cancelled } = effectiveSettings(known, commands);
    assert.deepEqual([budget, deadline], [2_000_000_000, '2099-06-01T00:00:00.000Z']);
    assert.deepEqual(
      [...slots],
      [
        ['g4', 9],
        ['p3', 1],
      ],
    );
    assert.deepEqual(
      [[...weights], [...cancelled]],
      [
        [
          ['a', 2],
          ['b', 1],
        ],
        ['a-1'],
      ],
    );
  });

  it('do not count as a difference in a file that says the same', () => {
    const fresh = withoutApplied((file) => {
      file.budget.microUsd = 2_000_000_000;
      file.deadline = '2099-06-01T00:00:00.000Z';
      file.deadlineAsWritten = '2099-06-01';
      file.fairness.weights = { a: 2 };
      file.instanceClasses.forEach((on) => (on.slots = on.name === 'g4' ? 9 : on.slots));
    });
    assert.deepEqual({ ...fresh, deadline: known.deadline }, known);
  });

  it('leave a file that says something else unchanged', () => {
    const change = (file: FrozenCampaign): void => {
      file.budget.microUsd = 1;
      file.deadline = file.deadlineAsWritten = '2099-07-01T00:00:00.000Z';
      file.fairness.weights = { a: 3, b: 2 };
      file.instanceClasses.forEach((on) => (on.slots = 8));
    };
    assert.deepEqual(withoutApplied(change), changed(change));
  });

  it('count a longer relative deadline from the first start', () => {
    const begun = { ...known, deadline: '2026-01-22T00:00:00.000Z', deadlineAsWritten: '3w' };
    const later = { ...begun, deadline: '2026-02-10T00:00:00.000Z', deadlineAsWritten: '4w' };
    const asked = withoutAppliedChanges(begun, later, effectiveSettings(begun, []));
    assert.deepEqual([asked.deadline, asked.deadlineAsWritten], ['2026-01-29T00:00:00.000Z', '4w']);
    const done: OperatorCommand[] = [{ name: 'setDeadline', message: { deadline: asked.deadline } }];
    assert.equal(withoutAppliedChanges(begun, later, effectiveSettings(begun, done)).deadlineAsWritten, '3w');
  });

  it('leave the file of the first start unchanged', () => {
    assert.deepEqual(
      withoutApplied(() => undefined),
      known,
    );
  });
});
