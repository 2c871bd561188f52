import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { DATASOURCE } from './variables.ts';

/** Expressions by their legend, such as `{{model}}`. */
export type ByLegend = Readonly<Record<string, string>>;

/** Over the time range: for graphs. */
export function overTime(exprs: ByLegend) {
  return Object.entries(exprs).map(([legend, expr], index) =>
    target(expr, refId(index)).range().legendFormat(legend),
  );
}

/** At the end of the time range: for single numbers and bars. */
export function atTheEnd(exprs: ByLegend) {
  return Object.entries(exprs).map(([legend, expr], index) =>
    target(expr, refId(index)).instant().legendFormat(legend),
  );
}

/** As table columns; Grafana names each `Value #<refId>`. */
export function asColumns(exprs: Readonly<Record<string, string>>) {
  return Object.entries(exprs).map(([name, expr]) =>
    target(expr, name).instant().format(PromQueryFormat.Table).legendFormat('__auto'),
  );
}

function target(expr: string, ref: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATASOURCE).expr(expr).refId(ref);
}

/** A, B, C, … */
function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
