import assert from 'node:assert/strict';
import { roundsOf, workListOf, type TeamRound } from '../../../src/campaign/model/rounds.ts';
import type { Submission } from '../../../src/campaign/model/frozen-campaign.ts';

const row = (team: string, submission: string): Submission => ({
  submission,
  team,
  teamName: team.toUpperCase(),
  submittedAt: '2026-01-01T00:00:00.000Z',
  image: { kind: 'registry', reference: '' },
});
const round = (team: string, submission: string, sequence = 1): TeamRound => ({
  submission,
  sequence,
  kind: 'evaluate',
  team,
  teamName: team.toUpperCase(),
});

describe('the rounds of a campaign', () => {
  const handIn = {
    version: 1 as const,
    teams: [{ team: 'a', teamName: 'A', submissions: [row('a', 's'), row('a', 't')] }],
  };

  it('are those of the manifest, followed by the added ones', () => {
    const { rounds, submissions } = roundsOf(handIn, [
      { version: 1, rounds: [round('b', 'u')], submissions: [row('b', 'u')] },
      { version: 1, rounds: [{ ...round('a', 's', 2), kind: 'rescore' }], submissions: [] },
    ]);
    assert.deepEqual(
      rounds.map(({ submission, sequence, kind }) => `${submission}/${sequence} ${kind}`),
      ['s/1 evaluate', 't/1 evaluate', 'u/1 evaluate', 's/2 rescore'],
    );
    assert.deepEqual(
      submissions.map(({ submission }) => submission),
      ['s', 't', 'u'],
    );
  });

  it('count duplicates once', () => {
    const again = { version: 1 as const, rounds: [round('b', 's', 2), round('a', 's')], submissions: [row('b', 's')] };
    const { rounds, submissions } = roundsOf(handIn, [again, again]);
    assert.deepEqual(
      rounds.map(({ submission, sequence }) => [submission, sequence]),
      [
        ['s', 1],
        ['t', 1],
        ['s', 2],
      ],
    );
    assert.equal(submissions.find(({ submission }) => submission === 's')?.team, 'a');
  });

  it('that have begun are counted per team and left out of the work list, which keeps teams without other rounds', () => {
    const rounds = [round('a', 's'), round('b', 'u'), round('a', 't'), round('a', 's', 2)];
    const list = workListOf(['b', 'a'], rounds, ({ submission, sequence }) => sequence === 1 && submission !== 't');
    assert.deepEqual(
      list.teams.map(({ team, teamName, before, rounds }) => [team, teamName, before, rounds.length]),
      [
        ['b', 'B', 1, 0],
        ['a', 'A', 1, 2],
      ],
    );
    assert.deepEqual(list.teams[1]?.rounds[0], { submission: 't', sequence: 1, kind: 'evaluate' });
  });
});
