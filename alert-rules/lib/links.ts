import type { Alert } from './rule.ts';
import type { AlertThresholds } from './thresholds.ts';

type Links = Pick<AlertThresholds, 'runbook_base_url' | 'dashboard_base_url'>;

/** Where a person goes next: the same two annotations on every alert, made in this one place. */
export function linksOf(alert: Alert, bases: Links): { runbook_url: string; dashboard_url: string } {
  return {
    runbook_url: `${withoutSlash(bases.runbook_base_url)}/${alert.alert}.md`,
    dashboard_url: `${withoutSlash(bases.dashboard_base_url)}/${alert.dashboard}`,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
