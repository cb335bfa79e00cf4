import type { ArchiveFiles } from '../archive/archive-files.ts';
import { parsedJson } from '../archive/archive-files.ts';
import type { Blob } from '../archive/blob-folder.ts';
import { identityOf, platformOf, type Found, type FoundImage } from './found-image.ts';
import {
  descriptorSchema,
  indexSchema,
  isLabelledAttestation,
  manifestSchema,
  type Descriptor,
} from './oci-schemas.ts';
import { platformName, ourPlatform, platformSchema, type Platform } from './platform.ts';
import { refuse } from '../refusal.ts';
import { jsonBytes, maxIndexDepth } from '../archive/archive-limits.ts';

/** Artifacts that are stored like images but are not images, by their media types. */
const artifacts: readonly (readonly [RegExp, string])[] = [
  [/in-toto/, 'an attestation'],
  [/simplesigning|cosign|notary/, 'a signature'],
  [/helm/, 'a Helm chart'],
  [/wasm/, 'a WebAssembly module'],
  [/spdx|cyclonedx|syft/, 'a bill of materials'],
];

/**
 * Finds everything that an OCI layout names, through nested indexes. The content of a manifest decides, not its label; parts
 * that an archive of one platform leaves out are ignored. Throws a Refusal.
 */
export async function ociImages(files: ArchiveFiles, index: Blob): Promise<Found[]> {
  const { manifests } = await files.parsed(index, 'index.json', indexSchema);
  const walk = new Walk(files);
  for (const descriptor of manifests) await walk.visit(descriptor, null, 1);
  return walk.found;
}

class Walk {
  readonly found: Found[] = [];
  private readonly seen = new Map<string, FoundImage | undefined>();

  constructor(private readonly files: ArchiveFiles) {}

  async visit(descriptor: Descriptor, above: Platform | null, depth: number): Promise<void> {
    if (depth > maxIndexDepth) refuse(`the archive has more than ${maxIndexDepth} nested indexes`);
    const platform = descriptor.platform ?? above;
    const described = isLabelledAttestation(descriptor) ? null : platform;
    if (this.seen.has(descriptor.digest)) {
      this.seen.get(descriptor.digest)?.described.push(described);
      return;
    }
    const blob = blobOf(this.files, descriptor);
    if (blob === undefined) {
      this.found.push({ kind: 'other', what: this.missing(descriptor, platform) });
      return;
    }
    this.seen.set(descriptor.digest, undefined);
    const json = await this.files.json(blob);
    const kind = kindOf(json);
    if (kind === 'index') {
      const { manifests } = parsedJson(json, 'an image index', indexSchema);
      for (const child of manifests) await this.visit(child, platform, depth + 1);
      return;
    }
    const found: Found =
      kind === 'manifest'
        ? await this.manifest(json, descriptor.digest, platform)
        : { kind: 'other', what: blob.bytes > jsonBytes ? `a manifest of more than ${jsonBytes} bytes` : kind };
    this.found.push(found);
    if (found.kind !== 'image') return;
    found.described.push(described);
    this.seen.set(descriptor.digest, found);
  }

  /** Describes a missing manifest or configuration. Throws a Refusal when it could be the image to run. */
  private missing(descriptor: Descriptor, platform: Platform | null): string {
    const name = isLabelledAttestation(descriptor) ? 'unknown/unknown' : (platformName(platform) ?? ourPlatform);
    if (name === ourPlatform) refuse(`the archive lacks the blob ${descriptor.digest}`);
    return name === 'unknown/unknown' ? 'an attestation' : `a reference to a missing image for ${name}`;
  }

  private async manifest(json: unknown, digest: string, platform: Platform | null): Promise<Found> {
    const { config, layers: listed } = parsedJson(json, 'an image manifest', manifestSchema);
    const layers = listed ?? [];
    const blob = blobOf(this.files, config);
    if (blob === undefined) return { kind: 'other', what: this.missing(config, platform) };
    const configuration = await this.files.json(blob);
    const types = [config.mediaType, ...layers.map(({ mediaType }) => mediaType)];
    if (!isConfiguration(configuration, layers)) return { kind: 'other', what: artifactKind(types) };
    return {
      kind: 'image',
      identity: identityOf(
        config.digest,
        layers.map(({ digest }) => digest),
      ),
      digest,
      platform: platformOf(parsedJson(configuration, 'the image configuration', platformSchema), platform),
      configuration,
      layers: () => layers.map((layer) => layerOf(this.files, layer)),
      described: [],
    };
  }
}

/** Throws a Refusal when the blob does not match its descriptor. */
function blobOf(files: ArchiveFiles, { digest, size }: Descriptor): Blob | undefined {
  const blob = files.blob(digest);
  if (blob !== undefined && blob.bytes !== size)
    refuse(`the blob ${digest} has ${blob.bytes} bytes, not ${size} as in its descriptor`);
  return blob;
}

function layerOf(files: ArchiveFiles, layer: Descriptor): Blob {
  if (layer.mediaType?.endsWith('+encrypted') === true) refuse(`the layer ${layer.digest} is encrypted`);
  const blob = blobOf(files, layer);
  if (blob !== undefined) return blob;
  // Foreign layers: copying tools would fetch them from these addresses.
  const elsewhere = layer.urls != null && layer.urls.length > 0;
  return refuse(
    elsewhere
      ? `the layer ${layer.digest} would have to be fetched from elsewhere; the archive must contain all layers`
      : `the archive lacks the blob ${layer.digest}`,
  );
}

/** Judged by content, regardless of the media type. Throws a Refusal for a file that readers interpret differently. */
function kindOf(
  json: unknown,
): 'index' | 'manifest' | 'a manifest of the old schema 1' | 'a file that is not a manifest' {
  if (typeof json !== 'object' || json === null) return 'a file that is not a manifest';
  const [isIndex, isManifest] = ['manifests' in json, 'config' in json || 'layers' in json];
  if (isIndex && isManifest) refuse('the archive has a manifest that is an index as well');
  if (isIndex) return 'index';
  if ('fsLayers' in json) return 'a manifest of the old schema 1';
  return 'config' in json && descriptorSchema.safeParse(json.config).success
    ? 'manifest'
    : 'a file that is not a manifest';
}

/**
 * Whether a manifest's configuration is that of a container image. A configuration without a platform, and without layers
 * that may be tars, belongs to a signature or an artifact.
 */
function isConfiguration(json: unknown, layers: readonly Descriptor[]): json is object {
  if (typeof json !== 'object' || json === null) return false;
  const platform = platformSchema.safeParse(json);
  const names = platform.success && platformName(platform.data) !== undefined;
  const hasLayers = layers.some(({ mediaType }) => mayBeLayer(mediaType));
  return 'rootfs' in json && (names || hasLayers);
}

/** Describes an artifact in our own words: its media types are arbitrary text. */
function artifactKind(mediaTypes: readonly (string | null | undefined)[]): string {
  const types = mediaTypes.join(' ');
  return artifacts.find(([pattern]) => pattern.test(types))?.[1] ?? 'an artifact that is not a container image';
}

/** Whether a layer may be a tar, by its descriptor's media type; some tools give none. */
function mayBeLayer(mediaType: string | null | undefined): boolean {
  return mediaType == null || /tar|octet-stream|rootfs|^$/.test(mediaType);
}
