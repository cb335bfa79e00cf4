import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Names, realNames } from '../../../src/campaign/pseudonyms/names.ts';
import { shown } from '../../../src/campaign/pseudonyms/shown.ts';

const row = (team: string, teamName: string, submission: string, code: string, number: number) => ({
  team,
  teamName,
  submission,
  pseudonym: { team: `team-${code}`, submission: `team-${code}/${number}` },
});

const rows = [
  row('zz-canary', 'The Canaries (of Z)', 'zz-canary-1', 'aaaaa', 1),
  row('zz-canary', 'The Canaries (of Z)', 'big_model.v2', 'aaaaa', 2),
  row('42', 'Team 42', '7', 'bbbbb', 1),
  row('owls', 'Owls', 'nightowls', 'ccccc', 1),
  row('g4-like', 'host', 'time-limit', 'ddddd', 1),
];
const names = new Names('deepfake', rows, true, ['g4-like', 'p3']);

describe('names in texts', () => {
  for (const [text, expected] of [
    ['zz-canary-1 of zz-canary is stuck', 'team-aaaaa/1 of team-aaaaa is stuck'],
    ['s3://images/deepfake/zz-canary-1.tar.gz is not there', 's3://images/deepfake/team-aaaaa/1.tar.gz is not there'],
    ['s3://results/deepfake/ledger/big_model.v2/1.json', 's3://results/deepfake/ledger/team-aaaaa/2/1.json'],
    ['/tmp/images/ZZ-Canary-final.tar', '/tmp/images/team-aaaaa-final.tar'],
    ['registry.example/my-zz-canary-1_x:v1', 'registry.example/my-team-aaaaa/1_x:v1'],
    ['a mail from The Canaries (of Z).', 'a mail from team-aaaaa.'],
    ['pauseTeam team=42 kill=true', 'pauseTeam team=team-bbbbb kill=true'],
    ['the key team=OWLS of a registry', 'the key team=team-ccccc of a registry'],
    ['cancel submissions=["7","zz-canary-1"]', 'cancel submissions=["team-bbbbb/1","team-aaaaa/1"]'],
    ['the run deepfake/7/42 has ended', 'the run deepfake/team-bbbbb/1/42 has ended'],
    ['failed 7 times after 42 s', 'failed 7 times after 42 s'],
    ['NightOwls wrote: nightowls', 'team-ccccc/1 wrote: team-ccccc/1'],
    ['the owls of team owls', 'the owls of team team-ccccc'],
    ['waiting on g4-like; time-limit; the host is gone', 'waiting on g4-like; time-limit; the host is gone'],
  ] as const) {
    it(`${text} → ${expected}`, () => {
      assert.equal(names.text(text), expected);
      assert.equal(names.text(expected), expected);
      assert.equal(realNames.text(text), text);
    });
  }

  it('that nobody has are never changed, and every id after a sign is', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.filter((one) => !['zz', 'nightowls'].includes(one)).join(' ');
        assert.equal(names.text(text), text);
      }),
    );
    for (const { team } of rows.filter(({ team }) => team !== 'g4-like'))
      assert.equal(names.text(`team=${team}`), `team=${names.team(team)}`);
  });
});

describe('names in views', () => {
  const view = {
    state: 'running',
    campaign: 'deepfake',
    submissions: [
      { submission: '7', team: '42', teamName: 'Team 42', state: 'failed', reason: 'time-limit' },
      { submission: 'time-limit', team: 'g4-like', teamName: 'host', state: 'finished', reason: null },
    ],
    pausedTeams: ['g4-like', 'owls'],
    holds: [{ hold: 'paused', teams: ['42'] }],
    stuck: [{ submission: 'time-limit', what: 'pullImage', cause: 'zz-canary-1 is damaged', tries: 7, since: 42 }],
    counts: { queued: 7, running: 42 },
    classes: { 'g4-like': { slots: 7, held: undefined } },
  };

  it('are hidden in every field and text, and nothing else changes', () => {
    assert.deepEqual(shown(view, names), {
      ...view,
      submissions: [
        {
          submission: 'team-bbbbb/1',
          team: 'team-bbbbb',
          teamName: 'team-bbbbb',
          state: 'failed',
          reason: 'time-limit',
        },
        {
          submission: 'team-ddddd/1',
          team: 'team-ddddd',
          teamName: 'team-ddddd',
          state: 'finished',
          reason: null,
        },
      ],
      pausedTeams: ['team-ddddd', 'team-ccccc'],
      holds: [{ hold: 'paused', teams: ['team-bbbbb'] }],
      stuck: [{ ...view.stuck[0], submission: 'team-ddddd/1', cause: 'team-aaaaa/1 is damaged' }],
    });
    assert.equal(shown(view, realNames), view);
    assert.deepEqual(shown(shown(view, names), names), shown(view, names));
  });

  it('that were added since the names were read are not shown', () => {
    const late = shown({ team: 'late', submission: 'later', teams: ['late', 'owls'] }, names);
    assert.deepEqual(late, { team: 'team-?', submission: 'team-?/?', teams: ['team-?', 'team-ccccc'] });
  });

  it('stay as they are once the results are published, and pseudonyms are still understood', () => {
    const published = new Names('deepfake', rows, false);
    assert.equal(shown(view, published), view);
    assert.deepEqual(
      [published.realTeam('team-aaaaa'), published.realSubmission('team-aaaaa/2'), published.realTeam('owls')],
      ['zz-canary', 'big_model.v2', 'owls'],
    );
    assert.equal(published.pseudonymOf('7'), 'team-bbbbb/1');
  });
});
