import { buildDashboards } from '../../grafana-dashboards/index.ts';

/** The part of Grafana's dashboard JSON that the tests look at. */
export interface DashboardJson {
  uid: string;
  title: string;
  description: string;
  editable: boolean;
  tags: string[];
  timezone: string;
  links: { type: string; tags: string[] }[];
  templating: { list: VariableJson[] };
  panels: PanelJson[];
}

export interface VariableJson {
  type: string;
  name: string;
  label?: string;
  multi?: boolean;
  allValue?: string;
  includeAll?: boolean;
  refresh?: number;
  query: string | { query: string };
  datasource?: { uid: string };
}

export interface PanelJson {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: {
    defaults: { unit?: string };
    overrides: { matcher: { id: string; options: string }; properties: { id: string; value: unknown }[] }[];
  };
  transformations?: { id: string; options: Record<string, unknown> }[];
  options?: { sortBy?: { displayName: string }[] };
  targets?: TargetJson[];
}

export interface TargetJson {
  refId: string;
  expr: string;
  legendFormat: string;
  instant?: boolean;
  format?: string;
  datasource?: { uid: string };
}

/** Fresh copies, so that a test may break one. */
export function dashboards(): DashboardJson[] {
  return [...buildDashboards().values()].map((text) => JSON.parse(text));
}

/** Panels that show something; a row only has a title. */
export function panelsOf(dashboard: DashboardJson): PanelJson[] {
  return dashboard.panels.filter((panel) => panel.type !== 'row');
}

export interface PlacedTarget extends TargetJson {
  /** `uid / panel title / refId`, for messages. */
  where: string;
}

export function targetsOf(dashboard: DashboardJson): PlacedTarget[] {
  return panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({
      ...target,
      where: `${dashboard.uid} / ${panel.title} / ${target.refId}`,
    })),
  );
}

export const ALL_TARGETS: readonly PlacedTarget[] = dashboards().flatMap(targetsOf);

/** Text of a query variable: `label_values(selector, label)`. */
export function queryOf(variable: VariableJson): string {
  return typeof variable.query === 'string' ? variable.query : variable.query.query;
}

/** What Grafana would send: every variable at "All", the intervals as given. */
export function substituted(expr: string, dashboard?: DashboardJson): string {
  const values: Record<string, string> = { __range: '1d', __rate_interval: '1m' };
  for (const variable of (dashboard ?? dashboards()[0]!).templating.list) {
    if (variable.allValue) values[variable.name] = variable.allValue;
  }
  return expr.replaceAll(/\$(\w+)/g, (whole, name: string) => values[name] ?? whole);
}
