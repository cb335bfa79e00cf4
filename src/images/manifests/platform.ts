import * as z from 'zod';

/** The platform of our machines, named as in https://github.com/opencontainers/image-spec/blob/main/image-index.md. */
export const ourPlatform = 'linux/amd64';

/** A platform in descriptors and configurations; every field may be missing or null. */
export const platformSchema = z.looseObject({
  os: z.string().nullish(),
  architecture: z.string().nullish(),
  variant: z.string().nullish(),
});
export type Platform = z.output<typeof platformSchema>;

const [systems, architectures] = [
  ['linux', 'windows', 'darwin', 'freebsd', 'wasip1', 'unknown'],
  ['amd64', 'arm64', 'arm', '386', 'ppc64le', 's390x', 'riscv64', 'mips64le', 'loong64', 'wasm', 'unknown'],
];
/** Other spellings that tools write, from `uname -m` and from Debian. */
const spellings: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  i686: '386',
};

const normal = (word: string | null | undefined): string => {
  const lower = word?.toLowerCase() ?? '';
  return spellings[lower] ?? lower;
};

/** `os/architecture` in our spelling, `another platform` for unknown words; undefined when both are missing. */
export function platformName(platform: Platform | null | undefined): string | undefined {
  const [os, architecture] = [normal(platform?.os), normal(platform?.architecture)];
  if (os === '' && architecture === '') return undefined;
  const known = systems.includes(os) && architectures.includes(architecture);
  return known ? `${os}/${architecture}` : 'another platform';
}

/** The x86-64 level that an image requires: every such machine has level 1, newer ones 2 to 4. */
export function levelOf(platform: Platform): number {
  return Number(/^v([1-4])$/.exec(normal(platform.variant))?.[1] ?? 1);
}
