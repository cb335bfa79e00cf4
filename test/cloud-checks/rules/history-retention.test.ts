import assert from 'node:assert/strict';
import { historyRetention } from '../../../src/cloud-checks/rules/history-retention.ts';

describe('how long a namespace keeps histories', () => {
  for (const [days, state, says] of [
    [30, 'ok', /^kept for 30 days after the end/],
    [60.04, 'ok', /^kept for 60 days/],
    [29.9, 'note', /^kept for 29\.9 days after the end; .*; 30 days are better$/],
    [1, 'note', /^kept for 1 days .*; 30 days are better$/],
    [0, 'note', /^kept for 0 days/],
    [undefined, 'note', /^this server does not say how long/],
  ] as const) {
    it(`${days ?? 'not told'}: ${state}`, () => {
      const found = historyRetention(days);
      assert.deepEqual([found.what, found.state], ['history', state]);
      assert.match(found.found, says);
    });
  }
});
