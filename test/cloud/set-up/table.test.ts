import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviceOn } from '../../../src/campaign/explanation/platform-advice.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { cases } from './cases.ts';

/** The rows of the two tables of docs/blocked.md: what is wrong, the line about it, and who acts, with which the line ends. */
function rowsAfter(heading: string): { what: string; line: string; who: string }[] {
  const page = readFileSync(join(projectRoot(), 'docs/blocked.md'), 'utf8');
  const section = page.slice(page.indexOf(heading)).split(/\n\n(?=[^|])/)[0] ?? '';
  return [...section.matchAll(/^\| (.+?) +\| `(.+?)` +\| (.+?) +\|/gm)].map(([, what = '', line = '', who = '']) => ({
    what,
    line,
    who,
  }));
}

describe('the table of wrong set-ups', () => {
  const before = rowsAfter('**Before the start**');
  const during = rowsAfter('**During the campaign**');

  it('has every case', () => {
    assert.equal(before.length, 15);
    assert.equal(during.length, 8);
  });

  for (const { what, line, who } of before) {
    it(`has the line that a start prints, what it did not do, and who acts: ${what}`, () => {
      const found = cases.find(({ says }) => says.test(`holdout: ${line} Who acts: the ${who}.`));
      assert.ok(found, line);
      assert.equal(found.who, who);
      assert.match(line, /; nothing was (registered, )?uploaded or started\.$/);
    });
  }

  for (const { what, line, who } of during) {
    it(`has a line that status has an advice for, and who acts: ${what}`, () => {
      const advice = adviceOn(line);
      assert.ok(advice?.lasts, line);
      assert.equal(advice.who, who);
    });
  }
});
