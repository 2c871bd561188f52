import { JOB_NAME } from './prometheus-config.ts';

/** USD so far by tenant at one moment. */
export interface Cost {
  readonly atMs: number;
  readonly byTenant: ReadonlyMap<string, number>;
}

const HOUR_MS = 3_600_000;

/** Total of `llm_cost_total` by tenant in an exposition text. */
export function costByTenant(exposition: string): Map<string, number> {
  const byTenant = new Map<string, number>();
  for (const [, tenant = '', usd] of exposition.matchAll(
    /^llm_cost_total\{.*?tenant_id="([^"]*)".*\} (\S+)$/gm,
  ))
    byTenant.set(tenant, (byTenant.get(tenant) ?? 0) + Number(usd));
  return byTenant;
}

/**
 * What the recording rules of the last hour would have recorded at the last of `costs`, without a timestamp.
 * Prometheus does not evaluate rules over a past that it is given.
 */
export function recordedHour(costs: readonly Cost[]): string[] {
  const last = costs.at(-1);
  const before = costs.findLast(({ atMs }) => last && atMs <= last.atMs - HOUR_MS);
  if (!last || !before) return [];
  const spent = [...last.byTenant].map(
    ([tenant, usd]) => [tenant, usd - (before.byTenant.get(tenant) ?? 0)] as const,
  );
  const total = spent.reduce((sum, [, usd]) => sum + usd, 0);
  return [
    ...spent.map(
      ([tenant, usd]) => `tenant:llm_cost:increase1h{job="${JOB_NAME}",tenant_id="${tenant}"} ${usd}`,
    ),
    `job:llm_cost:increase1h{job="${JOB_NAME}"} ${total}`,
  ];
}
