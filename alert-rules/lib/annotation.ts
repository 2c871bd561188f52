/** The alert's own value in dollars. */
export const VALUE_USD = usd('$value');

/** Costs without a tenant have no `tenant_id`, and an empty word reads like a mistake. */
export const TENANT = '{{ or $labels.tenant_id "(none)" }}';

/** The value of a template expression in dollars. */
function usd(expression: string): string {
  return `\${{ ${expression} | printf "%.2f" }}`;
}

/**
 * Dollars that another query answers at the moment of the alert, for the limit beside the value.
 * `query` is PromQL with one `%q` for each of `labels`, filled from the alert's labels in that order.
 */
export function queriedUsd(query: string, ...labels: readonly string[]): string {
  const values = labels.map((label) => ` $labels.${label}`).join('');
  return `{{ with printf \`${query}\`${values} | query }}${usd('. | first | value')}{{ end }}`;
}
