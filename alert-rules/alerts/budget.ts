/**
 * Labels of one budget. A budget is one number however many replicas publish it, hence `max by` these in the alerts:
 * by name and not `without (instance)`, because pod labels of replicas differ too.
 */
export const BUDGET_LABELS = 'job, budget, scope, scope_id, period';

/** The period is a day old: what the last day held was said of it, and not of the period before. */
export const PERIOD_LASTS_A_DAY = `max by (${BUDGET_LABELS}) (llm_budget_period_start_timestamp_seconds) <= time() - 86400`;

/** Who is meant: the subjects of a budget for each of something differ by `scope_id` alone. */
export const BUDGET = '{{ $labels.budget }}{{ with $labels.scope_id }} ({{ . }}){{ end }}';

/** `month`; `rolling_30d` is a "period of 30 days". */
export const PERIOD = '{{ $labels.period | reReplaceAll `rolling_([0-9]+)d` `period of $1 days` }}';

const ANSWER = '{{ . | first | value | humanize }}';
// biome-ignore lint/suspicious/noTemplateCurlyInString: a Prometheus template
const ANSWER_USD = '${{ . | first | value | printf "%.2f" }}';
const UNIT = '{{ . | first | label "unit" | reReplaceAll "_" "-" }}';

/** What `then` says of the gauge of the alert's budget, or `otherwise` where the budget has no such gauge. */
function ifKnown(gauge: string, then: string, otherwise = ''): string {
  const aggregation = gauge.endsWith('_usd') ? 'max' : 'max by (unit)';
  const query = `${aggregation} (${gauge}{job=%q,budget=%q,scope_id=%q})`;
  const rest = otherwise === '' ? '' : `{{ else }}${otherwise}`;
  return `{{ with printf \`${query}\` $labels.job $labels.budget $labels.scope_id | query }}${then}${rest}{{ end }}`;
}

/** The limit in the budget's unit: `$720.00`, `5M tokens`. */
export const LIMIT = ifKnown(
  'llm_budget_limit_usd',
  ANSWER_USD,
  ifKnown('llm_budget_quota_limit', `${ANSWER} ${UNIT}`),
);

/** `$600.00 of $720.00 spent`, `4M of 5M tokens used`. */
export const USED_OF_LIMIT = ifKnown(
  'llm_budget_spent_usd',
  `${ANSWER_USD} of ${ifKnown('llm_budget_limit_usd', ANSWER_USD)} spent`,
  `${ifKnown('llm_budget_quota_used', ANSWER)} of ${ifKnown('llm_budget_quota_limit', `${ANSWER} ${UNIT}`)} used`,
);
