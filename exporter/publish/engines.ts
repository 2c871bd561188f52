import type { EngineModelReading, EngineReading } from '../domain/reading.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

type Row = readonly [labels: readonly string[], value: number];

/** What engines say of themselves; a target that is down is not among `readings`, and has no series. */
export function engineBlocks(readings: readonly EngineReading[]): SampleBlock[] {
  const block = (family: string, rowsOf: (model: EngineModelReading) => readonly Row[]) =>
    fixedBlock(
      family,
      readings.flatMap(({ engine, target, models }) =>
        models.flatMap((reading) =>
          rowsOf(reading).map(
            ([labels, value]) => [[engine, target, reading.model, ...labels], value] as const,
          ),
        ),
      ),
    );
  return [
    block('llm_engine_tokens_total', ({ tokens }) =>
      Object.entries(tokens).map(([type, count]) => [[type], count]),
    ),
    block('llm_engine_requests_total', ({ requests }) =>
      [...requests].map(([reason, count]) => [[reason], count]),
    ),
    block('llm_engine_requests_running', ({ running }) => gauge(running)),
    block('llm_engine_requests_waiting', ({ waiting }) => gauge(waiting)),
    block('llm_engine_kv_cache_usage_ratio', ({ kvCacheUsageRatio }) => gauge(kvCacheUsageRatio)),
  ];
}

function gauge(value: number | undefined): readonly Row[] {
  return value === undefined ? [] : [[[], value]];
}
