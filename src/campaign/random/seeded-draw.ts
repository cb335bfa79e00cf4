/**
 * A number in [0, 1) that looks drawn and is always the same for the same seed and names. Pure; not for secrets.
 */
export function drawOf(seed: number, ...names: readonly string[]): number {
  // FNV-1a, then the last steps of MurmurHash3, which spread names that differ in one letter.
  let hash = 0x811c9dc5;
  for (const letter of [seed, ...names].join('\0')) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A draw of the normal distribution with mean 0 and deviation 1, by Box and Muller. Pure. */
export const normalDrawOf = (seed: number, ...names: readonly string[]): number =>
  Math.sqrt(-2 * Math.log(1 - drawOf(seed, ...names, 'radius'))) *
  Math.cos(2 * Math.PI * drawOf(seed, ...names, 'turn'));

/** A draw of the exponential distribution with this rate; Infinity at a rate of 0. Pure. */
export const exponentialDrawOf = (rate: number, seed: number, ...names: readonly string[]): number =>
  -Math.log(1 - drawOf(seed, ...names)) / rate || Infinity;
