/** A pseudo-random number in [0, 1), the same for the same seed and names. Not for secrets. */
export function drawOf(seed: number, ...names: readonly string[]): number {
  // FNV-1a, then the finalizer of MurmurHash3, so that names that differ in one letter are far apart.
  let hash = 0x811c9dc5;
  for (const letter of [seed, ...names].join('\0')) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Normal with mean 0 and standard deviation 1 (Box-Muller). */
export const normalDrawOf = (seed: number, ...names: readonly string[]): number =>
  Math.sqrt(-2 * Math.log(1 - drawOf(seed, ...names, 'radius'))) *
  Math.cos(2 * Math.PI * drawOf(seed, ...names, 'turn'));

/** Exponential with this rate; Infinity if the rate is 0. */
export const exponentialDrawOf = (rate: number, seed: number, ...names: readonly string[]): number =>
  -Math.log(1 - drawOf(seed, ...names)) / rate || Infinity;
