import { METERS, type Meter, TOKEN_METER_COUNT } from '../domain/meters.ts';

/** Pico-USD per unit of what a price list names itself; `cache_write` is a write of unnamed lifetime. */
export type NamedRates = Readonly<Partial<Record<Meter | 'cache_write', number>>>;

/** Pico-USD per unit of every meter in the order of `METERS`; `null` is unknown, which is not free. */
export type Rates = readonly (number | null)[];

/**
 * A rate for every meter. A class without a rate of its own is billed as the class that contains it (reasoning as
 * output, audio as input, a cache read as input), as in the catalogue's own lattice. Stricter than it in two places,
 * where containment would understate: a 1 h cache write never takes the rate of another write, and a cached audio
 * token takes neither the audio nor the cache rate when both exist.
 */
export function ratesOf(named: NamedRates): Rates {
  return Object.freeze(METERS.map((meter) => RATE_OF[meter](named)));
}

const RATE_OF: Readonly<Record<Meter, (named: NamedRates) => number | null>> = {
  input: (r) => r.input ?? null,
  input_audio: (r) => r.input_audio ?? r.input ?? null,
  input_image: (r) => r.input_image ?? r.input ?? null,
  cache_read: (r) => r.cache_read ?? r.input ?? null,
  cache_read_audio: (r) => {
    if (r.cache_read_audio !== undefined) return r.cache_read_audio;
    if (r.cache_read !== undefined && r.input_audio !== undefined) return null;
    return r.cache_read ?? r.input_audio ?? r.input ?? null;
  },
  cache_write_5m: (r) =>
    r.cache_write_5m ?? r.cache_write ?? (r.cache_write_1h === undefined ? (r.input ?? null) : null),
  cache_write_1h: (r) => {
    if (r.cache_write_1h !== undefined) return r.cache_write_1h;
    return r.cache_write === undefined && r.cache_write_5m === undefined ? (r.input ?? null) : null;
  },
  output: (r) => r.output ?? null,
  output_audio: (r) => r.output_audio ?? r.output ?? null,
  output_image: (r) => r.output_image ?? r.output ?? null,
  reasoning: (r) => r.reasoning ?? r.output ?? null,
  // A model that charges for each request includes its searches in that fee.
  web_search: (r) => r.web_search ?? (r.request === undefined ? null : 0),
  // Most models have no fee per request; one that is not billed by tokens at all has a price that we cannot count.
  request: (r) => r.request ?? (hasTokenRate(r) ? 0 : null),
  gpu_second: (r) => r.gpu_second ?? null,
  gpu_millisecond: (r) => r.gpu_millisecond ?? null,
  cpu_core_millisecond: (r) => r.cpu_core_millisecond ?? null,
  memory_mib_second: (r) => r.memory_mib_second ?? null,
  storage_mib_minute: (r) => r.storage_mib_minute ?? null,
  network_byte: (r) => r.network_byte ?? null,
  sandbox_millisecond: (r) => r.sandbox_millisecond ?? null,
};

function hasTokenRate(named: NamedRates): boolean {
  return METERS.slice(0, TOKEN_METER_COUNT).some((meter) => named[meter] !== undefined);
}

/** USD per million tokens to pico-USD per token. */
const PICO_PER_USD_PER_MILLION = 1_000_000;
/** USD per thousand calls to pico-USD per call. */
const PICO_PER_USD_PER_THOUSAND = 1_000_000_000;

/** Pico-USD per unit of a listed price: USD per thousand for calls, per million for the rest. */
export function picoRate(meter: Meter | 'cache_write', listedUsd: number): number {
  const perCall = meter === 'web_search' || meter === 'request';
  return Math.round(listedUsd * (perCall ? PICO_PER_USD_PER_THOUSAND : PICO_PER_USD_PER_MILLION));
}
