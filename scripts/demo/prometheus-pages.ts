/** Cost per hour and tenant over the last day. */
const GRAPH_EXPRESSION = 'sum by (tenant_id) (increase(llm_cost_total[1h]))';

/** Addresses for people. Debian's build has only the older pages, which are below `/classic`. */
export async function prometheusPages(base: string): Promise<{ graph: string; alerts: string }> {
  const classic = (await fetch(`${base}/classic/alerts`)).ok ? '/classic' : '';
  const query = new URLSearchParams({ 'g0.expr': GRAPH_EXPRESSION, 'g0.tab': '0', 'g0.range_input': '1d' });
  return { graph: `${base}${classic}/graph?${query}`, alerts: `${base}${classic}/alerts` };
}
