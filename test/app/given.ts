import { onTestFinished } from 'vitest';
import type { App, IngestAnswer } from '../../exporter/app/index.ts';
import { exactSamples } from '../support/exact-samples.ts';
import type { FrozenPorts } from '../support/ports.ts';
import { exposition, openApp, type Settings } from '../support/running-app.ts';

export interface Call {
  readonly id: string;
  readonly atMs?: number;
  readonly tenant?: string;
  readonly [field: string]: unknown;
}

/** Wire events of gpt-4o: 1000 input tokens at 2.5 USD and 100 output tokens at 10 USD a million are 0.0035 USD. */
export function wireEvents(calls: readonly Call[]): object[] {
  return calls.map(({ id, atMs, tenant = 'acme', ...rest }) => ({
    id,
    provider: 'openai',
    model: 'gpt-4o',
    tenant_id: tenant,
    usage: { input_tokens: 1000, output_tokens: 100 },
    ...(atMs !== undefined && { timestamp: atMs }),
    ...rest,
  }));
}
export const CALL_USD = 0.0035;

/** An app that is closed after the test, unless it was before. */
export async function givenApp(dataDir: string, settings: Settings, ports: FrozenPorts): Promise<App> {
  const app = await openApp(dataDir, settings, ports);
  onTestFinished(() => app.close());
  return app;
}

export function post(app: App, calls: readonly Call[]): Promise<IngestAnswer> {
  return app.ingest('events', {
    body: Buffer.from(JSON.stringify(wireEvents(calls))),
    contentType: 'application/json',
    provider: '',
    attributes: {},
  });
}

/** Samples of families whose name matches, by name and labels, as they are written. */
export async function samplesOf(app: App, families: RegExp): Promise<Map<string, string>> {
  const samples = exactSamples(await exposition(app)).filter(({ name }) => families.test(name));
  return new Map(
    samples
      .map(({ name, labels, text }) => [`${name} ${JSON.stringify(labels)}`, text] as const)
      .sort(([a], [b]) => (a < b ? -1 : Number(a > b))),
  );
}

/** The one sample of that name and these labels among others. */
export async function sampleOf(
  app: App,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const found = exactSamples(await exposition(app)).filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  if (found.length > 1)
    throw new Error(`${name} ${JSON.stringify(labels)}: ${found.length} samples, expected one`);
  return found[0] && Number(found[0].text);
}
