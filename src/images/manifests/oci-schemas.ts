import * as z from 'zod';
import { platformSchema } from './platform.ts';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md; Docker's are the same but for media types. */
export const descriptorSchema = z.looseObject({
  mediaType: z.string().nullish(),
  digest: z.string(),
  size: z.int().nonnegative(),
  urls: z.array(z.string()).nullish(),
  annotations: z.unknown().optional(),
  platform: platformSchema.nullish(),
});
export type Descriptor = z.output<typeof descriptorSchema>;

export const indexSchema = z.looseObject({ manifests: z.array(descriptorSchema) });
export const manifestSchema = z.looseObject({ config: descriptorSchema, layers: z.array(descriptorSchema).nullish() });

/** Whether a descriptor is labelled as something about an image. The label hides nothing: what is there is looked at. */
export function isLabelledAttestation({ annotations }: Descriptor): boolean {
  return typeof annotations === 'object' && annotations !== null && 'vnd.docker.reference.type' in annotations;
}
