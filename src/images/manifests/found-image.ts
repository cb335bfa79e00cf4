import type { Blob } from '../archive/blob-folder.ts';
import { platformName, ourPlatform, type Platform } from './platform.ts';

/** A container image that an archive names. Its layers may be missing unless it is chosen. */
export interface FoundImage {
  kind: 'image';
  /** Equal for images with the same configuration and layers. */
  identity: string;
  /** `sha256:…` of the manifest or, without one, of the configuration. */
  digest: string;
  /** `os/architecture` by the configuration or, if that has none, by the index. */
  platform: string;
  configuration: object;
  /** The files of the layers, lowest first. Throws a Refusal when one is missing or does not match its digest. */
  layers: () => Blob[];
  /** Its platform in each place of the index that names it; null for a place without one. */
  described: (Platform | null)[];
}

/** An image, or anything else in an archive, in words: `an attestation`. */
export type Found = FoundImage | { kind: 'other'; what: string };

export const isImage = (found: Found): found is FoundImage => found.kind === 'image';

/** The identity of an image by the digests of its parts. */
export const identityOf = (config: string, layers: readonly string[]): string => [config, ...layers].join(' ');

/** An image's platform by its configuration, else by the index, else ours, as Docker assumes. */
export function platformOf(configuration: Platform, described: Platform | null | undefined): string {
  const os = configuration.os || described?.os || 'linux';
  const architecture = configuration.architecture || described?.architecture || 'amd64';
  return platformName({ os, architecture }) ?? ourPlatform;
}
