import type { Source } from '../source.ts';
import { createOtlpLogsSource } from './logs/logs.ts';
import { createOtlpMetricsSource } from './metrics/metrics.ts';
import type { OtlpSettings } from './settings.ts';
import { createOtlpTracesSource } from './traces/traces.ts';

export { MAPPED_FIELDS, type MappedField, type OtlpSettings, SIGNALS, type Signal } from './settings.ts';

export function createOtlpSources(settings: OtlpSettings): readonly Source[] {
  return [
    createOtlpTracesSource(settings),
    createOtlpMetricsSource(settings),
    createOtlpLogsSource(settings),
  ];
}
