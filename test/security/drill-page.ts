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

/** The page of docs/ with the result of a drill. `leftOut`: controls that no test of a reasonable length can notice, and why. */
export function drillPage(removed: readonly Removed[], leftOut: Readonly<Record<string, string>>): string {
  const areas = [...new Set(removed.map(({ area }) => area))];
  const survivors = removed.filter(({ verdict }) => verdict.kind !== 'noticed').length;
  const sections = areas.map((area) => {
    const rows = removed
      .filter((one) => one.area === area)
      .map(
        ({ control, verdict }) =>
          `| ${cell(control.control)} | \`${control.file.replace('src/', '')}\` | ${cell(resultOf(verdict))} |`,
      );
    return [
      `## ${area}`,
      '',
      '| control | in src/ | the test that notices its removal |',
      '| - | - | - |',
      ...rows,
      '',
    ].join('\n');
  });
  return [
    '# The security drill',
    '',
    '`npm run test:security -- --write` writes this page. It removes each control from a copy of the source, one at a time, and',
    'runs the tests that must notice. A test that fails with every control in place does not count. Refusals of images and rules of',
    'the record are found in the syntax of the source, wherever they stand; every flag of a container, and every file that is for its',
    'owner alone, must have a row (`test/security/coverage.test.ts`). The policies of an installation on AWS have a drill of their',
    'own, on the rendered templates: `infra/checks/mutations`.',
    '',
    `**${removed.length} controls removed, ${survivors} not noticed.**`,
    '',
    ...sections,
    '## Left out',
    '',
    ...Object.entries(leftOut).map(([control, why]) => `- ${cell(control)}: ${why}.`),
    '',
  ].join('\n');
}
