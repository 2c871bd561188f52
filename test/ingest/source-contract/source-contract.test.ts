import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SOURCES } from '../../../exporter/ingest/source.ts';
import { frozenPorts } from '../../support/ports.ts';
import { serveApp } from '../../support/running-app.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { events } from './adapters/events.ts';
import { litellm } from './adapters/litellm.ts';
import { otlp } from './adapters/otlp.ts';
import { providerBatch } from './adapters/provider-batch.ts';
import { providerResponse } from './adapters/provider-response.ts';
import { providerStream } from './adapters/provider-stream.ts';
import { resources } from './adapters/resources.ts';
import { type ContractSource, SETTINGS } from './contract.ts';
import { callsOfRun, describeSource, expectCounted, send } from './describe-source.ts';

const ALL: readonly ContractSource[] = [
  events,
  providerResponse,
  providerStream,
  providerBatch,
  ...litellm,
  ...otlp,
  resources,
];
/** What is not sent to us, and therefore has no wire format here. */
const NOT_SENT = ['bill'];

test('every source is held to the contract', () => {
  expect([...new Set(ALL.map(({ id }) => id))].sort()).toEqual(
    SOURCES.filter((id) => !NOT_SENT.includes(id)).sort(),
  );
});

test('what does not hold for every source is declared, with the reason', () => {
  const declared = ALL.flatMap(({ name, cannot }) =>
    Object.entries(cannot).map(([feature, reason]) => `${name}: no ${feature}, as ${reason}`),
  );
  expect(declared).toEqual([
    'usage events: no content, as there is no field for it, and unknown fields are refused',
    'streamed responses: no refusal, as any bytes may be the rest of a stream that broke off',
    'OTLP metrics: no requests, as counters of tokens do not say how many calls used them',
    'OTLP metrics: no unpriced requests, as counters of tokens do not say how many calls used them',
    'OTLP metrics: no missing usage, as a call without usage adds to no counter of tokens',
    'OTLP metrics: no content, as data points have no place for it',
    'resources: no requests, as the use of a resource is no call',
    'resources: no unpriced requests, as the use of a resource is no call',
    'resources: no content, as there is no field for it, and unknown fields are refused',
  ]);
});

test('while the ledger is down every source answers 503 with Retry-After, and what is resent is not lost', async () => {
  const place = join(tempDir(), 'data');
  writeFileSync(place, 'in the way');
  const service = await serveApp(place, SETTINGS, frozenPorts());
  try {
    const sent = ALL.map((source) => ({ source, calls: callsOfRun() }));
    for (const { source, calls } of sent) {
      for (const request of source.encode(calls)) {
        const { status, retryAfter } = await send(service.url, request);
        expect([source.name, status, Number(retryAfter)]).toEqual([source.name, 503, 5]);
      }
    }
    rmSync(place);
    const ready = async () => (await fetch(`${service.url}/-/ready`)).status;
    await expect.poll(ready, { timeout: 20_000 }).toBe(200);
    for (const { source, calls } of sent) {
      for (const request of source.encode(calls)) {
        expect([source.name, (await send(service.url, request)).status]).toEqual([source.name, 200]);
      }
      await expectCounted(source, service.url, calls);
    }
  } finally {
    await service.close();
  }
});

for (const source of ALL) describeSource(source);
