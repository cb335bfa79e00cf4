import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findBusybox } from './base-layer.ts';
import { photographVersions } from './photographs.ts';
import { exampleFolder, sourcesBelow } from './programs.ts';

/** A digest of everything that determines the built example: sources, photographs, this machine's Node and busybox. */
export function recipeDigest(): string {
  const sources = [
    'build.ts',
    'campaign.yaml',
    'submissions.csv',
    ...sourcesBelow('generate'),
    ...sourcesBelow('submissions'),
  ];
  const contents = sources.map((source) => [source, readFileSync(join(exampleFolder, source), 'utf8')]);
  const binaries = [process.execPath, ...[findBusybox() ?? []].flat()].map(identityOf);
  const recipe = { contents, photographs: photographVersions(), node: process.version, binaries };
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
}

function identityOf(path: string): { path: string; size: number; changed: number } {
  const { size, mtimeMs } = statSync(path);
  return { path, size, changed: mtimeMs };
}
