import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { budgetsDashboard } from './dashboards/budgets.ts';
import { costDashboard } from './dashboards/cost.ts';
import { exporterHealthDashboard } from './dashboards/exporter-health.ts';

/** File name in `generated/` → its dashboard. */
const DASHBOARDS: Readonly<Record<string, () => Dashboard>> = {
  'llm-cost.json': costDashboard,
  'budgets.json': budgetsDashboard,
  'exporter-health.json': exporterHealthDashboard,
};

/** File name in `generated/` → its whole text: Grafana's classic dashboard JSON, the same on every run. */
export function buildDashboards(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(DASHBOARDS).map(([file, build]) => [file, `${JSON.stringify(build(), null, 2)}\n`]),
  );
}
