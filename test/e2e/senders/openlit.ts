import { createRequire } from 'node:module';
import { metrics, trace } from '@opentelemetry/api';
import type { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Openlit } from 'openlit';
import { chatTwice } from './chat-twice.ts';
import { stubFetch } from './stub-fetch.ts';

const [otlpUrl = '', , stubUrl = ''] = process.argv.slice(2);
Openlit.init({
  otlpEndpoint: otlpUrl,
  applicationName: 'openlit',
  environment: 'test',
  pricingJson: `${stubUrl}/pricing.json`,
});
// It hooks into what is required after it.
const { OpenAI } = createRequire(import.meta.url)('openai') as typeof import('openai');

const openai = new OpenAI({ apiKey: 'none', fetch: stubFetch(stubUrl) });
await chatTwice(openai);
const provider = trace.getTracerProvider() as unknown as { getDelegate(): { shutdown(): Promise<void> } };
await provider.getDelegate().shutdown();
// The same calls again, as metrics.
await (metrics.getMeterProvider() as MeterProvider).forceFlush();
// Its timers would keep the process.
process.exit();
