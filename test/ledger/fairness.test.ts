import assert from 'node:assert/strict';
import { fairnessOf, type Fairness } from '../../src/ledger/verification/fairness/fairness.ts';
import type { FirstStart } from '../../src/ledger/verification/fairness/out-of-turn.ts';
import { steeredTeams } from '../../src/ledger/verification/fairness/steered-teams.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { submissionOf } from './store-rig.ts';

/** The starts of a list such as `b c a:p3`, a second apart: of a team, on g4 or on another class. */
const startsOf = (list: string): FirstStart[] =>
  list.split(' ').map((one, second) => {
    const [team = '', onClass = 'g4'] = one.split(':');
    return { team, class: onClass, at: second * 1000 };
  });

interface Case {
  starts: string;
  slots?: number;
  weights?: Record<string, number>;
  steered?: string[];
  workLists?: string[];
  perTeamInFlight?: number;
}

/** By seed 2020, `printf 2020:a | sha256sum` and so on, the published order of four teams is b, c, a, d. */
function fairness({
  starts,
  slots = 1,
  weights = {},
  steered = [],
  workLists = [],
  perTeamInFlight = 2,
}: Case): Fairness {
  const frozen = frozenCampaign();
  const [g4] = frozen.instanceClasses;
  assert.ok(g4);
  const rules = {
    ...frozen,
    fairness: { perTeamInFlight, seed: 2020, weights },
    instanceClasses: [{ ...g4, slots }],
  };
  const lists = workLists.map((list) => list.split(' '));
  return fairnessOf(rules, { starts: startsOf(starts), steered: new Set(steered), workLists: lists });
}

/** Every number of a campaign whose order is the promised one. */
const asPromised: Fairness = {
  teams: 4,
  latestByPlaces: 0,
  swappedShare: 0,
  latest: null,
  atATime: 1,
  farPairs: 6,
  farSwapped: 0,
  starts: 8,
  outOfTurn: 0,
  workLists: 1,
  otherLists: 0,
  steered: 0,
};

describe('the fairness that verify computes', () => {
  it('is perfect where every team starts in the published order, and in it again', () => {
    assert.deepEqual(fairness({ starts: 'b c a d b c a d', workLists: ['b c a d'] }), asPromised);
  });

  it('counts swapped first starts: b after c and a swaps two of six pairs, two places late', () => {
    const { swappedShare, latestByPlaces, latest, farPairs, farSwapped } = fairness({ starts: 'c a b d' });
    assert.deepEqual([swappedShare, latestByPlaces], [0.3333, 2]);
    assert.deepEqual(latest, { team: 'b', published: 1, started: 3 });
    assert.deepEqual([farPairs, farSwapped], [6, 2]);
  });

  it('is worst in the reverse order', () => {
    const { swappedShare, latestByPlaces, latest, farSwapped } = fairness({ starts: 'd a c b' });
    assert.deepEqual([swappedShare, latestByPlaces, latest?.team, farSwapped], [1, 3, 'b', 6]);
  });

  it('has as share only pairs of teams of equal weight: of b-c, b-d, c-d one is swapped, of a’s three pairs two', () => {
    const { swappedShare, farPairs, farSwapped } = fairness({ starts: 'a c b d', weights: { a: 2 } });
    assert.equal(swappedShare, 0.3333);
    assert.deepEqual([farPairs, farSwapped], [6, 3]);
  });

  it('takes no pair for swapped that is nearer than the submissions that prepare at a time, or on other classes', () => {
    assert.deepEqual(pairsOf(fairness({ starts: 'c b d a', slots: 2 })), [2, 3, 0]);
    assert.deepEqual(pairsOf(fairness({ starts: 'a d b c', slots: 2 })), [2, 3, 3]);
    assert.deepEqual(pairsOf(fairness({ starts: 'a:p3 b c d' })), [1, 3, 0]);
  });
  const pairsOf = ({ atATime, farPairs, farSwapped }: Fairness): number[] => [atATime, farPairs, farSwapped];

  it('finds a second start before another team’s first: b’s is out of turn while a and d wait', () => {
    assert.equal(fairness({ starts: 'b c b a d' }).outOfTurn, 1);
    assert.equal(fairness({ starts: 'b c b b a d' }).outOfTurn, 2);
    // One more submission prepares at a time: a and d start within the next two places.
    assert.equal(fairness({ starts: 'b c b a d', slots: 3 }).outOfTurn, 0);
    assert.equal(fairness({ starts: 'b c b a:p3 d:p3' }).outOfTurn, 0);
  });

  it('grants a team of weight 2 two starts for each of the others’', () => {
    const starts = 'b c a d a b c a d';
    assert.equal(fairness({ starts, weights: { a: 2 } }).outOfTurn, 0);
    assert.equal(fairness({ starts }).outOfTurn, 1);
  });

  it('does not wait for a team with as many starts as it may have in flight', () => {
    const starts = 'b c b c b b c';
    assert.equal(fairness({ starts }).outOfTurn, 0);
    assert.equal(fairness({ starts, perTeamInFlight: 3 }).outOfTurn, 1);
  });

  it('compares no team that operators treated otherwise', () => {
    const starts = 'd b c a';
    assert.equal(fairness({ starts }).farSwapped, 3);
    const { teams, swappedShare, steered } = fairness({ starts, steered: ['d'] });
    assert.deepEqual([teams, swappedShare, steered], [3, 0, 1]);
  });

  it('finds a work list whose teams are in another order', () => {
    const workLists = ['b c a d', 'a b', 'c d'];
    const { otherLists, workLists: all } = fairness({ starts: 'b c a d', workLists });
    assert.deepEqual([all, otherLists], [3, 1]);
  });
});

describe('the teams that operators treated otherwise', () => {
  it('were paused, resumed, reprioritised or added later by an accepted command', () => {
    const rows = ['a', 'b', 'c'].map((team) => submissionOf(team, `${team}-1`));
    const manifest = { ...frozenCampaign().manifest, submissions: 2 };
    const place = { version: 1, sequence: 1, predecessor: null, at: '2026-01-01T00:00:00.000Z', by: 'ann' } as const;
    const commands = [
      { ...place, act: 'pause', message: { name: 'pauseTeam' as const, message: { team: 'a' } } },
      { ...place, act: 'pause', message: { name: 'pauseCampaign' as const, message: {} } },
      { ...place, act: 'pause', message: null },
    ];
    assert.deepEqual([...steeredTeams({ manifest }, rows, commands)].sort(), ['a', 'c']);
  });
});
