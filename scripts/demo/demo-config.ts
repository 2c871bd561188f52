import { join } from 'node:path';
import { stringify } from 'yaml';
import { sumOfFamily } from './sender.ts';

export interface DemoBudgets {
  readonly organizationUsd: number;
  readonly tenantsUsd: Readonly<Record<string, number>>;
}

/** The exporter's configuration in the demo; without budgets while nobody knows yet what was spent. */
export function demoConfig(budgets?: DemoBudgets): string {
  return stringify({
    samplers: { interval_seconds: 5, nvidia_smi: join(import.meta.dirname, 'fake-nvidia-smi') },
    gpu: { rates: [{ model: 'H100', usd_per_hour: 3.5 }], tenant_id: 'stark', team: 'data' },
    opportunities: { interval_seconds: 15 },
    ...(budgets && {
      budgets: {
        monthly_usd: budgets.organizationUsd,
        tenants: Object.fromEntries(
          Object.entries(budgets.tenantsUsd).map(([tenant, monthly_usd]) => [tenant, { monthly_usd }]),
        ),
      },
    }),
  });
}

/**
 * Limits that make a story, from what the month has cost so far: the organisation reaches 80 % when it has spent
 * `soonUsd` more; one tenant has warned already; the tenant whose agent runs away has room only for its usual calls.
 */
export function budgetsAboutToBreak(exposition: string, soonUsd: number): DemoBudgets {
  const spent = (tenant: string) =>
    sumOfFamily(
      exposition
        .split('\n')
        .filter((line) => line.includes(`tenant_id="${tenant}"`))
        .join('\n'),
      'llm_cost_month_to_date_usd',
    );
  return {
    organizationUsd: cents((sumOfFamily(exposition, 'llm_cost_month_to_date_usd') + soonUsd) / 0.8),
    tenantsUsd: { globex: cents(spent('globex') / 0.87 + 1), hooli: cents(spent('hooli') * 1.4 + 1) },
  };
}

const cents = (usd: number) => Math.ceil(usd * 100) / 100;
