import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasourceVariable } from './variables.ts';

const TAG = 'llm-cost';
/** Rows are numbered from here, so that they never meet a panel's own id. */
const FIRST_ROW_ID = 1000;

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Grafana's relative time, such as `now-24h`. */
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  /** Row title → its panels from left to right; Grafana breaks the line after 24 columns. */
  readonly rows: Readonly<Record<string, readonly Builder<Panel>[]>>;
}

/** One pass adds what every dashboard of the house has: uid, tags, links, datasource, read-only, UTC. */
export function dashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    .readonly()
    .timezone('utc')
    .time({ from: spec.from, to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('LLM cost')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .includeVars(true)
        .keepTime(true),
    );
  for (const variable of [datasourceVariable(), ...spec.variables]) builder.withVariable(variable);
  for (const [index, [title, panels]] of Object.entries(spec.rows).entries()) {
    builder.withRow(new RowBuilder(title).id(FIRST_ROW_ID + index));
    for (const panel of panels) builder.withPanel(panel);
  }
  return builder.build();
}
