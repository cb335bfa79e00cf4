import * as z from 'zod';
import type { ImageTree } from './layers/image-tree.ts';
import { refuse } from './refusal.ts';

const texts = z.union([z.array(z.string()), z.string().transform((text) => [text])]).nullish();
const schema = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
  config: z.looseObject({ Env: texts, Entrypoint: texts, Cmd: texts, WorkingDir: z.string().nullish() }).nullish(),
});

/** Checks an image's configuration against its layers and writes the clean one that runs. Throws Refusal. */
export function acceptedConfiguration(
  config: unknown,
  diffIds: readonly string[],
  _tree: ImageTree,
): { json: object; withheld: string[] } {
  const parsed = schema.safeParse(config);
  if (!parsed.success) refuse('the image configuration is not as it must be');
  const { rootfs, config: run } = parsed.data;
  if (rootfs.diff_ids.join() !== diffIds.join()) refuse('the layers are not those that the image configuration names');
  return {
    json: {
      architecture: 'amd64',
      os: 'linux',
      config: {
        Env: run?.Env ?? [],
        Entrypoint: run?.Entrypoint ?? [],
        Cmd: run?.Cmd ?? [],
        WorkingDir: run?.WorkingDir || '/',
      },
      rootfs: { type: 'layers', diff_ids: diffIds },
    },
    withheld: [],
  };
}
