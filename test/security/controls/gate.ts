import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Control } from '../control.ts';

const archives = [
  'archive/read-folder',
  'refused-archives',
  'ambiguous-archives',
  'inspect-archive',
  'store/registry-image',
].map((name) => `test/images/${name}.test.ts`);
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

/** Refusals that are left out, and why. */
const leftOut: Record<string, string> = {
  'the image has more than ${maxLayers} layers': 'cannot happen: the gate counts layers before it reads them',
  'a layer has more than ${maxLayerEntries} entries': 'its test would need a layer of two million entries',
  'the image has more than ${maxNodes} files and folders': 'its test would need an image of two million files',
};

/** Every refusal of the gate, found in its source. */
export const gateControls: Control[] = Object.entries(testsOf).flatMap(([folder, tests]) =>
  readdirSync(join('src/images', folder)).flatMap((name) => {
    const file = join('src/images', folder, name);
    const found = [...readFileSync(file, 'utf8').matchAll(refusal)].filter(
      ([, , , , , words = '']) => !(words in leftOut),
    );
    return found.map(([from, start = '', condition = '', rest = '', , words = '']) => ({
      control: `the refusal: ${words}`,
      file,
      from,
      to: `${start}false && (${condition})${rest}`,
      tests,
    }));
  }),
);
