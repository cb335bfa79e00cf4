import assert from 'node:assert/strict';
import { workByTeam, type WorkList, type WorkRound } from '../../../src/campaign/model/work-list.ts';

const round = (submission: string, sequence = 1): WorkRound => ({ submission, sequence, kind: 'evaluate' });
const list = (...teams: [team: string, before: number, rounds: WorkRound[]][]): WorkList => ({
  version: 1,
  teams: teams.map(([team, before, rounds]) => ({ team, teamName: team.toUpperCase(), before, rounds })),
});

describe('work lists', () => {
  it('number teams by first appearance and append the rounds of later lists', () => {
    const lists = [
      list(['b', 2, [round('b1')]], ['constructor', 0, [round('c1')]]),
      list(['a', 0, [round('a1')]], ['b', 9, [round('b1', 2)]]),
    ];
    const before = structuredClone(lists);
    assert.deepEqual(workByTeam(lists), [
      { team: 'b', teamName: 'B', before: 2, rounds: [round('b1'), round('b1', 2)] },
      { team: 'constructor', teamName: 'CONSTRUCTOR', before: 0, rounds: [round('c1')] },
      { team: 'a', teamName: 'A', before: 0, rounds: [round('a1')] },
    ]);
    assert.deepEqual(lists, before, 'the lists stay as they are');
  });
});
