import * as z from 'zod';
import { platformSchema } from './platform.ts';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md; Docker's differ only in media types. */
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

/** Whether a descriptor is labelled as an attestation about an image. The label hides nothing: the content is still read. */
export function isLabelledAttestation({ annotations }: Descriptor): boolean {
  return typeof annotations === 'object' && annotations !== null && 'vnd.docker.reference.type' in annotations;
}
