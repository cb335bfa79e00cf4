import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import {
  leaderboardCsv,
  publishedScore,
  rankLeaderboard,
  type LeaderboardEntry,
} from '../../src/scoring/leaderboard.ts';

const entry = (submission: string, team: string, day: number, score: number | null): LeaderboardEntry => ({
  submission,
  team,
  teamName: `Team ${team}`,
  submittedAt: `2020-03-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  score,
});
const ascending = { perTeam: 'best', ties: 'earliest', order: 'ascending' } as const;
const board = (...args: Parameters<typeof rankLeaderboard>): [number, string, number][] =>
  rankLeaderboard(...args).map(({ rank, submission, score }) => [rank, submission, score]);

describe('the leaderboard', () => {
  it('never ranks a missing score', () => {
    const entries = [entry('s1', 'a', 1, null), entry('s2', 'b', 2, 0.7), entry('s3', 'c', 3, Number.NaN)];
    for (const order of ['ascending', 'descending'] as const) {
      assert.deepEqual(board(entries, { ...ascending, order }), [[1, 's2', 0.7]]);
    }
  });

  it('takes a team’s best score in the stated order, or its last scored submission', () => {
    const entries = [
      entry('s1', 'a', 1, 0.2),
      entry('s2', 'a', 2, 0.9),
      entry('s3', 'a', 3, null),
      entry('s4', 'b', 1, 0.5),
    ];
    assert.deepEqual(board(entries, ascending), [
      [1, 's1', 0.2],
      [2, 's4', 0.5],
    ]);
    assert.deepEqual(board(entries, { ...ascending, order: 'descending' }), [
      [1, 's2', 0.9],
      [2, 's4', 0.5],
    ]);
    assert.deepEqual(board(entries, { ...ascending, perTeam: 'last' }), [
      [1, 's4', 0.5],
      [2, 's2', 0.9],
    ]);
  });

  it('puts the earlier of equal scores ahead, or shares the rank and skips the next', () => {
    const entries = [
      entry('s1', 'a', 3, 0.5),
      entry('s2', 'b', 2, 0.5),
      entry('s3', 'c', 1, 0.6),
      entry('s4', 'b', 1, 0.5),
    ];
    assert.deepEqual(board(entries, ascending), [
      [1, 's4', 0.5],
      [2, 's1', 0.5],
      [3, 's3', 0.6],
    ]);
    assert.deepEqual(board(entries, { ...ascending, ties: 'shared' }), [
      [1, 's4', 0.5],
      [1, 's1', 0.5],
      [3, 's3', 0.6],
    ]);
  });

  it('is the same for any order of the entries', () => {
    const entries = Array.from({ length: 30 }, (_, i) =>
      entry(`s${i}`, `t${i % 7}`, 1 + (i % 3), i % 4 === 0 ? null : (i % 5) / 10),
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray(entries, { minLength: entries.length }),
        fc.record({
          perTeam: fc.constantFrom('best', 'last'),
          ties: fc.constantFrom('earliest', 'shared'),
          order: fc.constantFrom('ascending', 'descending'),
        }),
        (shuffled, rules) => assert.deepEqual(rankLeaderboard(shuffled, rules), rankLeaderboard(entries, rules)),
      ),
    );
  });

  it("has Kaggle's columns, and scores with five significant digits, ranked by the full ones", () => {
    assert.equal(
      leaderboardCsv(rankLeaderboard([entry('s1', 'a', 1, 0.1 + 0.2), entry('s2', 'b', 1, 1e-7)], ascending)),
      'teamId,teamName,submissionDate,score\nb,Team b,2020-03-01T00:00:00.000Z,1e-7\na,Team a,2020-03-01T00:00:00.000Z,0.3\n',
    );
    const close = [entry('s1', 'a', 1, 0.123456789), entry('s2', 'b', 2, 0.123456788)];
    const rows = rankLeaderboard(close, ascending);
    assert.deepEqual(
      rows.map(({ rank, teamId }) => [rank, teamId]),
      [
        [1, 'b'],
        [2, 'a'],
      ],
    );
    assert.deepEqual([...new Set(rows.map(({ score }) => publishedScore(score)))], ['0.12346']);
    assert.equal(leaderboardCsv([]), 'teamId,teamName,submissionDate,score\n');
  });

  it('contains no formula for spreadsheets and nothing invisible, and parsers read every other name back', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom(
            '=1+1',
            '+1',
            '-1',
            '@x',
            '＝1',
            '\tx',
            '\rx',
            'a,"b"\nc',
            'x\u202ecod',
            'a\u200bb',
            '\u2028',
          ),
        ),
        (teamName) => {
          const csv = leaderboardCsv(rankLeaderboard([{ ...entry('s', 't', 1, 0.5), teamName }], ascending));
          const rows = parse(csv, { record_delimiter: '\n' });
          const name = rows[1]?.[1] ?? '';
          assert.equal(rows.length, 2);
          assert.doesNotMatch(name, /^[=+\-@＝＋－＠]|[\p{C}\p{Zl}\p{Zp}]/u);
          if (!/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(teamName)) {
            assert.equal(name.replace(/^'(?=[=+\-@＝＋－＠])/, ''), teamName.replace(/^'(?=[=+\-@＝＋－＠])/, ''));
          }
        },
      ),
    );
  });
});
