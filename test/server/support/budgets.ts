import { configSchema } from '../../../exporter/config/schema.ts';
import { type Answer, exporterForTest, post, type RunningExporter, request } from './exporter.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const CHECK = '/api/v1/budgets/check';
export const RESERVATIONS = '/api/v1/budgets/reservations';
export const ALLOW = { decision: 'allow', allowed: true };

/** A hard budget of 1 USD a month for acme, but for `fields`. */
export function budget(fields: Fields = {}): Fields {
  return { name: 'acme', scope: { tenant: 'acme' }, limit: 1, enforcement: 'hard', ...fields };
}

/** An exporter with these budgets, gone after the test. */
export function withBudgets(definitions: readonly Fields[], fields: Fields = {}): Promise<RunningExporter> {
  return exporterForTest({ budgets: { definitions, ...fields } });
}

export function reload({ app }: RunningExporter, definitions: readonly Fields[]): void {
  app.reload(() => configSchema.parse({ budgets: { definitions } }));
}

export function ask(exporter: RunningExporter, path: string, body: unknown): Promise<Answer> {
  return post(exporter, path, JSON.stringify(body));
}

/** For a call of acme. */
export function check(exporter: RunningExporter, usd: number, fields: Fields = {}): Promise<Answer> {
  return ask(exporter, CHECK, { tenant_id: 'acme', estimate: { cost_usd: usd }, ...fields });
}

export function reserve(exporter: RunningExporter, usd: number, fields: Fields = {}): Promise<Answer> {
  return ask(exporter, RESERVATIONS, { tenant_id: 'acme', estimate: { cost_usd: usd }, ...fields });
}

export function settle(exporter: RunningExporter, id: string, body: unknown): Promise<Answer> {
  return ask(exporter, `${RESERVATIONS}/${id}/settle`, body);
}

export function release({ url }: RunningExporter, id: string): Promise<Answer> {
  return request(`${url}${RESERVATIONS}/${id}`, { method: 'DELETE' });
}

let made = 0;

/** A usage event of acme's, of a model without a price: it costs what it says. */
export function usage(usd: number, fields: Fields = {}): Fields {
  made += 1;
  return {
    id: `call-${made}`,
    provider: 'own',
    model: 'own',
    tenant_id: 'acme',
    cost_usd: usd,
    usage: {},
    ...fields,
  };
}

/** What an answer says is left of the one budget. */
export function remaining(amount: number): readonly Fields[] {
  return [{ budget: 'acme', unit: 'usd', amount }];
}

export function idOf({ json }: Answer): string {
  return (json as { readonly reservation_id: string }).reservation_id;
}
