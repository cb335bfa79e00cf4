import type { Blob } from '../archive/blob-folder.ts';
import { platformName, ourPlatform, type Platform } from './platform.ts';

/** A container image that an archive names; its layers may be missing as long as it is not chosen. */
export interface FoundImage {
  kind: 'image';
  /** The same for every image of one configuration and the same layers. */
  identity: string;
  /** `sha256:…` of the manifest or, where there is none, of the configuration. */
  digest: string;
  /** `os/architecture` by the configuration or, where that says nothing, by the index. */
  platform: string;
  configuration: object;
  /** The files of the layers, lowest first. Throws a Refusal when one is missing or not what its digest says. */
  layers: () => Blob[];
  /** What the index says of it, once for each place; null for a place that gives no platform to choose it by. */
  described: (Platform | null)[];
}

/** Something else an archive holds, in words: `an attestation`. */
export interface FoundOther {
  kind: 'other';
  what: string;
}

export type Found = FoundImage | FoundOther;

export const isImage = (found: Found): found is FoundImage => found.kind === 'image';

/** The identity of an image by the digests of its parts. */
export const identityOf = (config: string, layers: readonly string[]): string => [config, ...layers].join(' ');

/** What an image is built for: by its configuration, where that says nothing by the index, else ours, as Docker takes it. */
export function platformOf(configuration: Platform, described: Platform | null | undefined): string {
  const os = configuration.os || described?.os || 'linux';
  const architecture = configuration.architecture || described?.architecture || 'amd64';
  return platformName({ os, architecture }) ?? ourPlatform;
}
