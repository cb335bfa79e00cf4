/** Things that are kept like images and are none, by their media types. */
const artifacts: readonly (readonly [RegExp, string])[] = [
  [/in-toto/, 'an attestation'],
  [/simplesigning|cosign|notary/, 'a signature'],
  [/helm/, 'a Helm chart'],
  [/wasm/, 'a WebAssembly module'],
  [/spdx|cyclonedx|syft/, 'a bill of materials'],
];

/** Names an artifact by media types, which may say anything, in words of our own. */
export function artifactWords(mediaTypes: readonly (string | null | undefined)[]): string {
  const types = mediaTypes.join(' ');
  return artifacts.find(([pattern]) => pattern.test(types))?.[1] ?? 'an artifact that is no container image';
}

/** Whether a layer may be a tar by what its descriptor says; some tools say nothing. */
export function mayBeLayer(mediaType: string | null | undefined): boolean {
  return mediaType == null || /tar|octet-stream|rootfs|^$/.test(mediaType);
}
