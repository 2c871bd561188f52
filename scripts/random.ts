/** A small seeded generator (mulberry32): the same seed gives the same numbers. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Mean 0, deviation 1. */
  normal(): number;
  /** How many of many rare things happened where `mean` of them were to be expected. */
  poisson(mean: number): number;
  /** Log-normal around `median`: most values near it, a few much larger. */
  around(median: number): number;
  /** An index in [0, count), the first ones far more often (like questions that everybody asks). */
  popular(count: number): number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    normal,
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = uniform(); product > limit; product *= uniform()) count++;
      return count;
    },
    around: (median) => median * Math.exp(0.35 * normal()),
    popular: (count) => Math.floor(count * uniform() ** 3),
  };
}
