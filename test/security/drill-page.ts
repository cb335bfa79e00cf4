import type { Control } from './control.ts';
import type { Verdict } from './mutant-tree.ts';

/** A control that was removed, and what its tests said. */
export interface Removed {
  area: string;
  control: Control;
  verdict: Verdict;
}

/** A text as a cell of the page's tables. */
export const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll(/[`<>]/g, '').replaceAll(/\s+/g, ' ');

const resultOf = (verdict: Verdict): string =>
  verdict.kind === 'noticed' ? verdict.by : verdict.kind === 'survived' ? '**no test noticed**' : '**broken**';

/** The section of an area. `run`: when, and of which commit. */
export function drillSection(area: string, removed: readonly Removed[], run: string): string {
  const rows = removed.map(
    ({ control, verdict }) =>
      `| ${cell(control.control)} | \`${control.file.replace('src/', '')}\` | ${cell(resultOf(verdict))} |`,
  );
  return [
    `## ${area}`,
    '',
    run,
    '',
    '| control | in src/ | the test that notices its removal |',
    '| - | - | - |',
    ...rows,
    '',
  ].join('\n');
}

/** The sections of a page by area. */
export const sectionsOf = (page: string): Map<string, string> =>
  new Map(Array.from(page.matchAll(/^## (.+)\n[^]*?(?=\n## )/gm), ([section, area = '']) => [area, section]));

/** The page of docs/ with the sections of all areas. `leftOut`: controls that no test of a reasonable length can notice, and why. */
export function drillPage(sections: readonly string[], leftOut: Readonly<Record<string, string>>): string {
  const rows = sections.flatMap((section) =>
    section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2),
  );
  const survivors = rows.filter((row) => /\| \*\*(no test noticed|broken)\*\* \|$/.test(row)).length;
  return [
    '# The security drill',
    '',
    '`npm run test:security -- --write [AREA …]` writes this page, or the sections of these areas. It removes each control from a copy',
    'of the source, one at a time, and runs the tests that must notice. A test that fails with every control in place does not count.',
    'Refusals of images and rules of the record are found in the syntax of the source, wherever they stand; every flag of a container,',
    'and every file that is for its owner alone, must have a row (`test/security/coverage.test.ts`). The policies of an installation on',
    'AWS have a drill of their own, on the rendered templates: `infra/checks/mutations`.',
    '',
    `**${rows.length} controls removed, ${survivors} not noticed.**`,
    '',
    ...sections,
    '## Left out',
    '',
    ...Object.entries(leftOut).map(([control, why]) => `- ${cell(control)}: ${why}.`),
    '',
  ].join('\n');
}
