import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviceOn } from '../../../src/campaign/explanation/platform-advice.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { cases } from './cases.ts';

/** The rows of the two tables of docs/blocked.md: what is wrong, and the line about it. */
function rowsAfter(heading: string): [what: string, line: string][] {
  const page = readFileSync(join(projectRoot(), 'docs/blocked.md'), 'utf8');
  const section = page.slice(page.indexOf(heading)).split(/\n\n(?=[^|])/)[0] ?? '';
  return [...section.matchAll(/^\| (.+?) +\| `(.+?)` +\|/gm)].map(([, what = '', line = '']) => [what, line]);
}

describe('the table of wrong set-ups', () => {
  const before = rowsAfter('**Before the start**');
  const during = rowsAfter('**During the campaign**');

  it('has every case', () => {
    assert.equal(before.length, 15);
    assert.equal(during.length, 5);
  });

  for (const [what, line] of before) {
    it(`has the line that a start prints: ${what}`, () => {
      assert.ok(
        cases.some(({ says }) => says.test(`holdout: ${line}`)),
        line,
      );
    });
  }

  for (const [what, line] of during) {
    it(`has a line that status has an advice for: ${what}`, () => assert.ok(adviceOn(line)?.lasts, line));
  }
});
