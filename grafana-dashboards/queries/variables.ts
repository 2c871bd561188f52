import { series } from './series.ts';

/** What the dashboards' drop-down lists are filled from. */
const EXPORTERS = 'llm_cost_exporter_build_info';

export const jobs = EXPORTERS;
export const instances = `${EXPORTERS}{job=~"$job"}`;

/** Calls and not cost: a tenant or model whose every call is unpriced must be in the list too. */
export const callers = series('llm_requests_total');
