import { onTestFinished } from 'vitest';
import { frozenPorts } from '../../support/ports.ts';
import { exposition, type Service, type Settings, serveApp } from '../../support/running-app.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** An exporter at the time that it is, as the client's clock is the machine's. */
export async function exporterForClient(settings: Settings = {}): Promise<Service> {
  const service = await serveApp(tempDir(), settings, frozenPorts(Date.now()));
  onTestFinished(() => service.close());
  return service;
}

/** Sum of a family's samples whose labels contain all the parts. */
export async function total(service: Service, family: string, ...parts: readonly string[]): Promise<number> {
  let sum = 0;
  for (const [, labels, value] of (await exposition(service.app)).matchAll(
    new RegExp(`^${family}(?:\\{(.*)\\})? (\\S+)$`, 'gm'),
  )) {
    if (parts.every((part) => (labels ?? '').includes(part))) sum += Number(value);
  }
  return sum;
}

/** Tokens by token type. */
export async function tokens(service: Service, ...parts: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const type of ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output', 'reasoning']) {
    const sum = await total(service, 'llm_tokens_total', `token_type="${type}"`, ...parts);
    if (sum > 0) found[type] = sum;
  }
  return found;
}
