/** Artifacts that are stored like images but are not images, by their media types. */
const artifacts: readonly (readonly [RegExp, string])[] = [
  [/in-toto/, 'an attestation'],
  [/simplesigning|cosign|notary/, 'a signature'],
  [/helm/, 'a Helm chart'],
  [/wasm/, 'a WebAssembly module'],
  [/spdx|cyclonedx|syft/, 'a bill of materials'],
];

/** Describes an artifact in our own words: its media types are arbitrary text. */
export function artifactWords(mediaTypes: readonly (string | null | undefined)[]): string {
  const types = mediaTypes.join(' ');
  return artifacts.find(([pattern]) => pattern.test(types))?.[1] ?? 'an artifact that is not a container image';
}

/** Whether a layer may be a tar, by its descriptor's media type; some tools give none. */
export function mayBeLayer(mediaType: string | null | undefined): boolean {
  return mediaType == null || /tar|octet-stream|rootfs|^$/.test(mediaType);
}
