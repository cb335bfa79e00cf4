/** A stream of pseudo-random numbers. The same seed gives the same stream on every machine: integer and IEEE steps only. */
export interface Random {
  /** In [0, 1), a multiple of 2^-32. */
  unit(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** An integer in [0, count). */
  below(count: number): number;
  /**
   * About normal with standard deviation 1: the sum of four uniform numbers, because the last bit of a logarithm
   * depends on the engine.
   */
  normal(): number;
}

/** Small Fast Counter (sfc32, from PractRand, public domain), seeded by one integer. */
export function seededRandom(seed: number): Random {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  const unit = (): number => next() / 2 ** 32;
  return {
    unit,
    between: (low, high) => low + unit() * (high - low),
    below: (count) => Math.floor(unit() * count),
    normal: () => (unit() + unit() + unit() + unit() - 2) * Math.sqrt(3),
  };
}

/** The items in random order (Fisher-Yates). */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const keyed = list.map((value) => ({ value, key: random.unit() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value);
}
