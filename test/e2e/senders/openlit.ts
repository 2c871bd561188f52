import { createRequire } from 'node:module';
import { trace } from '@opentelemetry/api';
import { Openlit } from 'openlit';
import { chatTwice } from './chat-twice.ts';
import { stubFetch } from './stub-fetch.ts';

const [otlpUrl = '', , stubUrl = ''] = process.argv.slice(2);
Openlit.init({
  otlpEndpoint: otlpUrl,
  applicationName: 'openlit',
  environment: 'test',
  disableMetrics: true,
  pricingJson: `${stubUrl}/pricing.json`,
});
// It hooks into what is required after it.
const { OpenAI } = createRequire(import.meta.url)('openai') as typeof import('openai');

const openai = new OpenAI({ apiKey: 'none', fetch: stubFetch(stubUrl) });
await chatTwice(openai);
const provider = trace.getTracerProvider() as unknown as { getDelegate(): { shutdown(): Promise<void> } };
await provider.getDelegate().shutdown();
