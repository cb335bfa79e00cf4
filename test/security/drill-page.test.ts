import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';
import { areas, leftOut } from './controls.ts';
import { drillPage, drillSection, sectionsOf, type Removed } from './drill-page.ts';

const [control] = areas.Pseudonyms;
const removed = (area: string, verdict: Removed['verdict']): Removed => ({
  area,
  control: control ?? assert.fail(),
  verdict,
});

describe('the page of the security drill', () => {
  it('keeps the sections of areas that were not run, and counts what no test noticed', () => {
    const first = drillSection('One', [removed('One', { kind: 'noticed', by: 'a test' })], 'Run today.');
    const second = drillSection(
      'Two',
      [removed('Two', { kind: 'survived' }), removed('Two', { kind: 'broken', output: '' })],
      'Run now.',
    );
    const page = drillPage([first, second], { other: 'it takes a day' });
    assert.deepEqual(
      [...sectionsOf(page)],
      [
        ['One', first],
        ['Two', second],
      ],
    );
    assert.match(page, /\*\*3 controls removed, 2 not noticed\.\*\*/);
    assert.equal(drillPage([...sectionsOf(page).values()], { other: 'it takes a day' }), page);
  });

  it('is written as it stands in docs/', () => {
    const page = readFileSync(join(projectRoot(), 'docs/security/drill.md'), 'utf8');
    assert.equal(drillPage([...sectionsOf(page).values()], leftOut), page);
  });
});
