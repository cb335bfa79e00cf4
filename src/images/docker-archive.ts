import { posix } from 'node:path';
import * as z from 'zod';
import { quoted } from '../safe-text.ts';
import { checkedConfig, checkLayerCount, parseJson } from './archive-json.ts';
import { refuse } from './refusal.ts';
import type { ScannedArchive, ScannedFile } from './scan-archive.ts';

const manifestSchema = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) }));

/** Checks what `docker save` and `podman save` write: one image for our machines, all its parts there. Answers its configuration. Throws a Refusal. */
export function inspectDockerArchive(archive: ScannedArchive, manifest: ScannedFile): unknown {
  // Both tools link a layer that is there already; the links are only ever followed inside the archive.
  for (const name of archive.links.keys()) fileAt(archive, name);
  const images = parseJson(manifest, 'manifest.json', manifestSchema);
  const [image] = images;
  if (image === undefined || images.length > 1) refuse(`the archive has ${images.length} images; hand in exactly one`);
  checkLayerCount(image.Layers.length);
  for (const layer of image.Layers) fileAt(archive, layer);
  return checkedConfig(fileAt(archive, image.Config));
}

/** The file of a name, through at most one link; a link must lead to a file of the archive. */
function fileAt(archive: ScannedArchive, name: string): ScannedFile {
  const target = archive.links.get(name);
  const resolved = target === undefined ? name : posix.normalize(posix.join(posix.dirname(name), target));
  if (target?.startsWith('/')) refuse(`the archive has a link to an absolute path: ${quoted(name)}`);
  return archive.files.get(resolved) ?? refuse(`the archive lacks ${quoted(name)}, or it is a link that leads nowhere`);
}
