import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** A variable and not a fixed uid: the same file works provisioned, imported and bundled. */
export const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: '$datasource' };

export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .current({ text: 'default', value: 'default', selected: true });
}

/** For `job` and `instance`, which every scraped series has. */
export function targetVariable(name: 'job' | 'instance', label: string, selector: string) {
  return queryVariable(name, label, selector).allValue('.+');
}

/**
 * For usage labels. "All" is `.*` and not `.+`: a call without a tenant, team or environment has no such label,
 * and `.+` would leave its cost out of every total.
 */
export function usageVariable(name: string, label: string, selector: string) {
  return queryVariable(name, label, selector).allValue('.*');
}

function queryVariable(name: string, label: string, selector: string): QueryVariableBuilder {
  const query = `label_values(${selector}, ${name})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .includeAll(true)
    .multi(true)
    .current({ text: ['All'], value: ['$__all'], selected: true });
}
