/**
 * The meters that a call is billed by. They are disjoint: no token is in two of them, so a sum over the token
 * meters is the call's total. A charge holds its quantities and its costs as arrays in this order.
 */
export const METERS = [
  'input',
  'input_audio',
  'input_image',
  'cache_read',
  'cache_read_audio',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'output_audio',
  'output_image',
  'reasoning',
  'web_search',
  'request',
  'gpu_second',
  // Resources, in units so small that rounding to a whole one is worth less than the rounding of money.
  'gpu_millisecond',
  'cpu_core_millisecond',
  'memory_mib_second',
  'storage_mib_minute',
  'network_byte',
  'sandbox_millisecond',
] as const;

export type Meter = (typeof METERS)[number];

/** Position of each meter in a quantities or costs array. */
export const METER: Readonly<Record<Meter, number>> = Object.freeze(
  Object.fromEntries(METERS.map((meter, index) => [meter, index])) as Record<Meter, number>,
);

/** The first `TOKEN_METER_COUNT` meters count tokens and become the `token_type` label; the rest count other things. */
export const TOKEN_METER_COUNT = METER.reasoning + 1;

/** `token_type` of a meter: its name for tokens, empty for everything else (an empty label is an absent one). */
export const TOKEN_TYPES: readonly string[] = METERS.map((meter, index) =>
  index < TOKEN_METER_COUNT ? meter : '',
);

/** One number per meter, in the order of `METERS`. */
export type PerMeter = readonly number[];

type OneForEach<T extends readonly unknown[]> = { -readonly [index in keyof T]: number };

/**
 * Zeros, in an array of doubles: that is what the fraction is for. An array of small integers would be converted as
 * costs come in, which takes as long as the rest of a price. The type holds the length to the number of meters.
 */
export function emptyPerMeter(): number[] {
  const zeros: OneForEach<typeof METERS> = [0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  zeros[0] = 0;
  return zeros;
}
