import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { file, folder, type TarEntry } from './tar.ts';

/** This example's own folder. */
export const exampleFolder = fileURLToPath(new URL('..', import.meta.url));

/** Every file of the example below one of its folders, as paths relative to the example, in order. */
export const sourcesBelow = (folder: string): string[] =>
  readdirSync(join(exampleFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(exampleFolder.length))
    .sort();

/** A submission's own layer: its program and the shared library, under /app. */
export function programEntries(submission: string): TarEntry[] {
  const folders = ['common', submission];
  const sources = folders.flatMap((name) => sourcesBelow(`submissions/${name}`));
  return [
    ...folders.map((name) => folder(`app/${name}`)),
    ...sources.map((source) => file(source.replace('submissions', 'app'), readFileSync(join(exampleFolder, source)))),
  ];
}

/** The command that starts a submission's program. */
export const entrypointOf = (submission: string): string[] => ['/usr/bin/node', `/app/${submission}/main.mjs`];
