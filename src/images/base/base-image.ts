import * as z from 'zod';
import { sha256 } from '../../sha256.ts';

/** The layers of an image and their history, from its configuration. */
const configSchema = z.object({
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
  history: z
    .array(z.object({ created_by: z.string().default(''), empty_layer: z.boolean().default(false) }))
    .default([]),
});

/** A Dockerfile's CMD or ENTRYPOINT in a history, as the classic builder and BuildKit write it: the end of a base image. */
export const endOfDockerfile = /^(?:\/bin\/sh -c #\(nop\)\s+)?(CMD|ENTRYPOINT)\b/;

/**
 * Identifies the base of an image, so that images with the same base are recognised: the chain id (sha256, hex) of the base's
 * layers, as the OCI image specification defines it (config.md, "Layer ChainID"). Which layers these are is guessed as
 * Trivy does (`GuessBaseImageIndex`): a base image ends with CMD or ENTRYPOINT, so it ends at the last of these with layers
 * after it; if the history has none, the base is all but the last layer. A guess with too many layers identifies a base
 * that no other image shares, one with too few a base that more images share. The label
 * `org.opencontainers.image.base.digest` is not used: by specification it is an annotation of the manifest, as a label it is
 * inherited from the base's own base, and its content is arbitrary. Null for a configuration without readable layers.
 */
export function baseImageOf(config: unknown): string | null {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) return null;
  const { rootfs, history } = parsed.data;
  const layers = rootfs.diff_ids.slice(0, baseLayers(history, rootfs.diff_ids.length));
  if (layers.length === 0) return null;
  const chain = layers.reduce((below, layer) => `sha256:${sha256(`${below} ${layer}`)}`);
  return chain.replace(/^sha256:/, '');
}

function baseLayers(history: z.output<typeof configSchema>['history'], layers: number): number {
  const lastLayer = history.findLastIndex((step) => !step.empty_layer);
  const end = history.findLastIndex(
    ({ created_by, empty_layer }, step) => step < lastLayer && empty_layer && endOfDockerfile.test(created_by),
  );
  const below = history.slice(0, end + 1).filter((step) => !step.empty_layer).length;
  return below > 0 ? below : layers - 1;
}
