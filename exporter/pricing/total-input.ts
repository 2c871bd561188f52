import { METER, type PerMeter } from '../domain/meters.ts';

const INPUT_METERS = [
  METER.input,
  METER.input_audio,
  METER.input_image,
  METER.cache_read,
  METER.cache_read_audio,
  METER.cache_write_5m,
  METER.cache_write_1h,
];

/** All that was sent, cached or not: what long-context prices look at. */
export function totalInput(quantities: PerMeter): number {
  let total = 0;
  for (const meter of INPUT_METERS) total += quantities[meter] ?? 0;
  return total;
}
