import * as z from 'zod';

/** What the machines run; https://github.com/opencontainers/image-spec/blob/main/image-index.md names platforms as Go does. */
export const ourPlatform = 'linux/amd64';

/** The words of a platform in descriptors and configurations; every one may be missing or null. */
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
/** Other spellings that tools leave, from `uname -m` and from Debian. */
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

/** `os/architecture` in our spelling, `another platform` where a word is none we know; undefined where nothing is said. */
export function platformName(platform: Platform | null | undefined): string | undefined {
  const [os, architecture] = [normal(platform?.os), normal(platform?.architecture)];
  if (os === '' && architecture === '') return undefined;
  const known = systems.includes(os) && architectures.includes(architecture);
  return known ? `${os}/${architecture}` : 'another platform';
}

/** The level of x86-64 that an image asks for: 1 is what every such machine has, 2 to 4 want a newer one. */
export function levelOf(platform: Platform): number {
  return Number(/^v([1-4])$/.exec(normal(platform.variant))?.[1] ?? 1);
}
