import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse/sync';
import { baseEntries } from './generate/base-layer.ts';
import { clipFiles, labelsCsv, makeClipSet } from './generate/clip-set.ts';
import { makeLayer, type Layer } from './generate/layer.ts';
import { ociArchive } from './generate/oci-archive.ts';
import { loadPhotographs, photographNames, type Photograph } from './generate/photographs.ts';
import { entrypointOf, exampleFolder, programEntries } from './generate/programs.ts';
import { recipeDigest } from './generate/recipe.ts';

const privateSet = { seed: 2020, clips: 120 };
const publicSample = { seed: 1, clips: 12 };

/**
 * Writes the example campaign into a folder, some 500 MB in a few seconds, and returns the path of its campaign.yaml.
 * The same sources, photographs and Node give the same bytes. A finished folder stays as it is; an unfinished or
 * outdated one is written again. `report` gets a line for people before each longer step.
 */
export async function buildExample(folder: string, report: (line: string) => void): Promise<string> {
  const campaignFile = join(folder, 'campaign.yaml');
  const stamp = join(folder, '.recipe');
  const recipe = recipeDigest();
  if ((await readFile(stamp, 'utf8').catch(() => '')) === recipe) return campaignFile;
  await rm(stamp, { force: true });
  report("Packing this machine's Node as the images' base layer (about 4 s, beside the next step)");
  const baseLayer = baseEntries().then(makeLayer);
  const [base] = await Promise.all([baseLayer, writeClips(folder, report)]);
  await writeImages(join(folder, 'images'), base, report);
  for (const file of ['submissions.csv', 'campaign.yaml']) {
    await writeFile(join(folder, file), await readFile(join(exampleFolder, file)));
  }
  await writeFile(stamp, recipe);
  return campaignFile;
}

async function writeClips(folder: string, report: (line: string) => void): Promise<void> {
  const clips = privateSet.clips + publicSample.clips;
  report(`Cutting ${clips} clips from ${photographNames.length} photographs (about 4 s)`);
  const photographs = loadPhotographs();
  const set = (name: string): string => join(folder, name);
  await writeClipSet(photographs, privateSet, { clips: set('private/inputs'), labels: set('private/labels.csv') });
  await writeClipSet(photographs, publicSample, {
    clips: set('public/sample'),
    labels: set('public/sample-labels.csv'),
  });
}

async function writeClipSet(
  photographs: readonly Photograph[],
  wanted: { seed: number; clips: number },
  paths: { clips: string; labels: string },
): Promise<void> {
  const clips = makeClipSet(photographs, wanted.seed, wanted.clips);
  await rm(paths.clips, { recursive: true, force: true });
  await mkdir(paths.clips, { recursive: true });
  await Promise.all(clipFiles(clips).map(({ name, content }) => writeFile(join(paths.clips, name), content)));
  await writeFile(paths.labels, labelsCsv(clips));
}

async function writeImages(folder: string, base: Layer, report: (line: string) => void): Promise<void> {
  const submissions = await listSubmissions();
  report(`Writing ${submissions.length} container images (about 2 s)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const submission of submissions) {
    const layers = [base, await makeLayer(programEntries(submission))];
    const archive = ociArchive(submission, layers, entrypointOf(submission));
    await pipeline(archive, createWriteStream(join(folder, `${submission}.tar`)));
  }
}

async function listSubmissions(): Promise<string[]> {
  const rows: { submission: string }[] = parse(await readFile(join(exampleFolder, 'submissions.csv')), {
    columns: true,
  });
  return rows.map(({ submission }) => submission);
}
