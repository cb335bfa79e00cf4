import * as z from 'zod';
import { sha256 } from '../../sha256.ts';

/** The part of an image's configuration that tells its layers and how they came about; both are for reading only. */
const configSchema = z.object({
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
  history: z
    .array(z.object({ created_by: z.string().default(''), empty_layer: z.boolean().default(false) }))
    .default([]),
});

/** How a Dockerfile's CMD and ENTRYPOINT look in a history, from the classic builder and from BuildKit. */
const endOfDockerfile = /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:CMD|ENTRYPOINT)\b/;

/**
 * Names what an image was built on, so that images of one base are recognised: the chain id (sha256, hex) of the layers of
 * its base image, as the OCI image specification defines it (config.md, "Layer ChainID"). Which layers these are is guessed
 * as Trivy does (`GuessBaseImageIndex`): base images end with CMD or ENTRYPOINT, so those before the last one that has
 * layers after it; where the history says nothing, all but the last layer. Guessed too long it names a base that nobody
 * shares, too short one that more do. The label `org.opencontainers.image.base.digest` is not asked: it is an annotation of
 * the manifest by specification, as a label it is inherited from the base's own base, and anybody may write anything
 * there. Null for a configuration that has no layers or says so in other words.
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
