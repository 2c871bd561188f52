import { TENANT } from '../lib/annotation.ts';
import { promql } from '../lib/promql.ts';
import type { Alert } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { CACHE_SHARE_DAY, CACHE_SHARE_HOUR, INPUT_HOUR } from '../recording/cache.ts';

export function cacheHitDrop({ cache_drop_ratio, cache_drop_tokens }: AlertThresholds): Alert {
  const hour = CACHE_SHARE_HOUR.record;
  const day = CACHE_SHARE_DAY.record;
  return {
    alert: 'CacheHitDrop',
    comment: `Far less of the input comes from the prompt cache than the day before: someone changed the head of a prompt. The
second part weighs it: tokens of the last hour that would have come from the cache, and did not.`,
    expr: promql`
      ${hour} < ${cache_drop_ratio} * ${day}
      and
      (${day} - ${hour}) * ${INPUT_HOUR.record} > ${cache_drop_tokens}`,
    forSeconds: 900,
    keepFiringForSeconds: 900,
    severity: 'warning',
    summary: `The prompt cache of tenant ${TENANT} with {{ $labels.model }} is missed`,
    description: `{{ $value | humanizePercentage }} of the input of the last hour came from the cache, against {{ with printf \`${day}{job=%q,tenant_id=%q,model=%q}\` $labels.job $labels.tenant_id $labels.model | query }}{{ . | first | value | humanizePercentage }}{{ end }} the day before.`,
    dashboard: 'llm-cost-overview',
  };
}
