import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Control } from '../control.ts';

const archives = ['refused-archives', 'ambiguous-archives', 'unusual-archives'].map(
  (name) => `test/images/${name}.test.ts`,
);
const layers = ['layer-entries', 'inspect-layer'].map((name) => `test/images/layers/${name}.test.ts`);

/** The tests of each folder of the gate. */
const testsOf: Record<string, readonly string[]> = {
  archive: archives,
  manifests: archives,
  layers,
  configuration: readdirSync('test/images/configuration')
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test/images/configuration', name)),
};

/** A refusal behind a condition on one line. */
const refusal = /^( *(?:\} else )?if \()(.+)(\) (?:return )?refuse\((['`])(.+?)\4.*)$/gm;

/** Every refusal of the gate, found in its source. */
export const gateControls: Control[] = Object.entries(testsOf).flatMap(([folder, tests]) =>
  readdirSync(join('src/images', folder)).flatMap((name) => {
    const file = join('src/images', folder, name);
    return [...readFileSync(file, 'utf8').matchAll(refusal)].map(
      ([from, start = '', condition = '', rest = '', , words = '']) => ({
        control: `the refusal: ${words}`,
        file,
        from,
        to: `${start}false && (${condition})${rest}`,
        tests,
      }),
    );
  }),
);
