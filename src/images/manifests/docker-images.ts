import { posix } from 'node:path';
import * as z from 'zod';
import { parsedJson, type ArchiveFiles } from '../archive/archive-files.ts';
import { jsonBytes } from '../archive/archive-limits.ts';
import type { Blob } from '../archive/blob-folder.ts';
import { identityOf, platformOf, type Found } from './found-image.ts';
import { platformSchema } from './platform.ts';
import { refuse } from '../refusal.ts';

/** https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format */
const manifestSchema = z.array(z.looseObject({ Config: z.string(), Layers: z.array(z.string()).nullish() })).nullable();

/** The images in the `manifest.json` of `docker save`. Throws a Refusal. */
export async function dockerImages(files: ArchiveFiles, manifest: Blob): Promise<Found[]> {
  const entries = (await files.parsed(manifest, 'manifest.json', manifestSchema)) ?? [];
  const found: Found[] = [];
  for (const { Config, Layers } of entries) {
    const config =
      fileAt(files, Config) ?? refuse('the archive lacks the image configuration that manifest.json names');
    const configuration = await files.json(config);
    if (typeof configuration !== 'object' || configuration === null)
      refuse(`the image configuration is not JSON of at most ${jsonBytes} bytes`);
    const layers = (Layers ?? []).map((name) => fileAt(files, name));
    found.push({
      kind: 'image',
      identity: identityOf(
        `sha256:${config.sha256}`,
        layers.map((layer, at) => (layer === undefined ? `missing ${at}` : `sha256:${layer.sha256}`)),
      ),
      digest: `sha256:${config.sha256}`,
      platform: platformOf(parsedJson(configuration, 'the image configuration', platformSchema), null),
      configuration,
      layers: () =>
        layers.map((layer, at) => layer ?? refuse(`the archive lacks layer ${at + 1} that manifest.json names`)),
      described: [null],
    });
  }
  return found;
}

function fileAt(files: ArchiveFiles, written: string): Blob | undefined {
  // buildpacks' `pack` writes absolute names.
  const name = posix.normalize(written).replace(/^\/+/, '');
  const digest = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  return digest === undefined ? files.find(name) : files.blob(`sha256:${digest}`);
}
