import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { assignPseudonyms } from '../../../src/campaign/pseudonyms/assign-pseudonyms.ts';
import { codesOf } from '../../../src/intake/pseudonym-codes.ts';

const secret = randomBytes(32);
const codes = codesOf(secret);
const member = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const rowsOf = (teams: readonly string[]) =>
  teams.map((team, index) => ({ team, submission: `${team}-${index}`.slice(-64) }));

describe('pseudonyms', () => {
  it('are readable, equal for equal secrets, and others for another secret', () => {
    const rows = rowsOf(['deep-pockets', 'night-owls', 'deep-pockets']);
    const named = assignPseudonyms(rows, [], codes).map(({ pseudonym }) => pseudonym);
    for (const { team } of named) assert.match(team, /^team-[b-df-hj-km-np-tv-xz2-9]{5}$/);
    const [first, second, third] = named;
    assert.deepEqual(
      named.map(({ submission }) => submission),
      [`${first?.team}/1`, `${second?.team}/1`, `${first?.team}/2`],
    );
    assert.equal(third?.team, first?.team);
    assert.deepEqual(
      assignPseudonyms(rows, [], codesOf(secret)).map(({ pseudonym }) => pseudonym),
      named,
    );
    const others = assignPseudonyms(rows, [], codesOf(randomBytes(32))).map(({ pseudonym }) => pseudonym.team);
    assert.ok(
      others.every((team) => !named.some((one) => one.team === team)),
      others.join(),
    );
  });

  it('are unique, stay when rows are added, and have nothing of a name in them', () => {
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 40 }), fc.nat(40), (teams, cut) => {
        const rows = rowsOf(teams);
        const before = assignPseudonyms(rows.slice(0, cut), [], codes);
        const all = [...before, ...assignPseudonyms(rows.slice(cut), before, codes)];
        assert.deepEqual(all, assignPseudonyms(rows, [], codes));
        assert.equal(new Set(all.map(({ pseudonym }) => pseudonym.submission)).size, rows.length);
        const byTeam = new Map(all.map(({ team, pseudonym }) => [team, pseudonym.team]));
        assert.equal(new Set(byTeam.values()).size, byTeam.size);
        // Fewer characters are in a code by chance.
        for (const [team, pseudonym] of byTeam) {
          const code = pseudonym.slice('team-'.length);
          for (let at = 0; at + 4 <= team.length; at += 1)
            assert.ok(!code.includes(team.slice(at, at + 4)), `${pseudonym} has a part of ${team}`);
        }
      }),
    );
  });

  it('give the team of a taken code, or of a real name, its next code', () => {
    const scripted = (team: string, attempt: number): string => (team === 'c' ? `free${attempt}` : `taken${attempt}`);
    const rows = ['a', 'b', 'team-taken2', 'c'].map((team) => ({ team, submission: `of-${team}` }));
    assert.deepEqual(
      assignPseudonyms(rows, [], scripted).map(({ pseudonym }) => pseudonym.team),
      ['team-taken0', 'team-taken1', 'team-taken3', 'team-free0'],
    );
  });

  it('of 2,000 teams are different ones', () => {
    const rows = rowsOf(Array.from({ length: 2_000 }, (_, index) => `team-${index}`));
    const teams = new Set(assignPseudonyms(rows, [], codes).map(({ pseudonym }) => pseudonym.team));
    assert.equal(teams.size, 2_000);
  });
});
