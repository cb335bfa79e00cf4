import assert from 'node:assert/strict';
import { sayTellingIds } from '../../../src/client/pseudonyms/say-telling-ids.ts';
import { submissionOf } from '../../ledger/store-rig.ts';

describe('what the start says about ids', () => {
  const said = (teamNames: 'pseudonyms' | 'shown', rows: readonly [team: string, teamName: string][]): string[] => {
    const lines: string[] = [];
    const image = { kind: 'registry', reference: 'docker://x' } as const;
    const submissions = rows.map(([team, teamName], n) => ({ ...submissionOf(team, `s-${n}`), teamName, image }));
    sayTellingIds({ teamNames, submissions }, { say: (line) => void lines.push(line) });
    return lines;
  };
  const rows: [team: string, teamName: string][] = [
    ['motion', 'Motion Lab'],
    ['t-17', 'Night Owls'],
  ];

  it('is how many tell the team, and what to do, without a name', () => {
    const [line = '', ...more] = said('pseudonyms', rows);
    assert.match(line, /^1 of 2 submissions has a word of the team's name in an id\. .*neutral ids such as s-0417/);
    assert.doesNotMatch(line, /motion|owls/i);
    assert.deepEqual(more, []);
  });

  it('is nothing of neutral ids, and of a campaign that shows names', () => {
    assert.deepEqual(said('pseudonyms', [['t-17', 'Night Owls']]), []);
    assert.deepEqual(said('shown', [['motion', 'Motion Lab']]), []);
  });
});
