import { promql } from '../lib/promql.ts';
import type { RecordingRule } from '../lib/rule.ts';

const LABELS = ['job', 'tenant_id', 'model'];
const BY = `by (${LABELS.join(', ')})`;

export const INPUT_HOUR: RecordingRule = {
  record: 'tenant_model:llm_input_tokens:increase1h',
  labels: LABELS,
  comment:
    'Input tokens of the last hour by tenant and model, read from the cache, written to it, or neither.',
  expr: `sum ${BY} (increase(llm_tokens_total{token_type=~"(input|cache_read|cache_write)(_.+)?"}[1h]))`,
};

export const CACHED_HOUR: RecordingRule = {
  record: 'tenant_model:llm_cache_read_tokens:increase1h',
  labels: LABELS,
  comment: 'Those of them that were read from the cache. Absent where none ever was.',
  expr: `sum ${BY} (increase(llm_tokens_total{token_type=~"cache_read(_.+)?"}[1h]))`,
};

export const CACHE_SHARE_HOUR: RecordingRule = {
  record: 'tenant_model:llm_cache_read_per_input:ratio_increase1h',
  labels: LABELS,
  comment: 'Share of the input that came from the cache in the last hour. Absent without calls (0 / 0).',
  expr: `${CACHED_HOUR.record} / (${INPUT_HOUR.record} > 0)`,
};

export const CACHE_SHARE_DAY: RecordingRule = {
  record: 'tenant_model:llm_cache_read_per_input:ratio_increase1d',
  labels: LABELS,
  comment: `The same for the 24 hours before the last one. Sums before the division. Absent until input was seen a day ago: what
has just begun has no usual share.`,
  expr: promql`
    sum_over_time(${CACHED_HOUR.record}[1d] offset 1h)
    / (sum_over_time(${INPUT_HOUR.record}[1d] offset 1h) > 0)
    and
    last_over_time(${INPUT_HOUR.record}[1h] offset 1d)`,
};
