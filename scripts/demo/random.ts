/** A small seeded generator (mulberry32): the same seed gives the same demo. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
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
    around: (median) => median * Math.exp(0.35 * normal()),
    popular: (count) => Math.floor(count * uniform() ** 3),
  };
}
