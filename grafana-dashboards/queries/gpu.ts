import { max, sum } from './aggregation.ts';
import { series } from './series.ts';

/** A card's identity: two exporters on one host see the same `uuid`. */
const CARD = ['gpu', 'uuid', 'gpu_model'];
const HOURS_PER_MONTH = 730;

const perCard = (metric: string) => max(CARD, series(metric));
const usdPerHour = max(['gpu_model'], series('gpu_hourly_cost_usd'));

/** The share of a card's price that its utilisation leaves unused. A card that reports no utilisation is not in it. */
const idleUsdPerHourByCard = `(1 - ${perCard('gpu_utilization_percent')} / 100) * on (gpu_model) group_left () ${usdPerHour}`;

export const utilizationPercentByCard = perCard('gpu_utilization_percent');
export const idleUsdPerHour = sum([], idleUsdPerHourByCard);
export const idleUsdPerMonth = `${idleUsdPerHour} * ${HOURS_PER_MONTH}`;

export const gpuTable = {
  utilization: utilizationPercentByCard,
  memory: perCard('gpu_memory_utilization_percent'),
  power: perCard('gpu_power_watts'),
  temperature: perCard('gpu_temperature_celsius'),
  idle: idleUsdPerHourByCard,
} as const;
