import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText, registerTelemetry, streamText } from 'ai';
import { stubFetch } from './stub-fetch.ts';
import { startTracing } from './tracing.ts';

const [otlpUrl = '', protocol = '', stubUrl = ''] = process.argv.slice(2);
const tracing = startTracing(otlpUrl, protocol, 'ai-sdk');
registerTelemetry(new OpenTelemetry());
const openai = createOpenAI({ apiKey: 'none', fetch: stubFetch(stubUrl) });

await generateText({ model: openai.chat('gpt-4o'), prompt: 'the secret prompt' });
await generateText({ model: openai.responses('gpt-4o'), prompt: 'the secret prompt' });
await streamText({ model: openai.chat('gpt-4o'), prompt: 'the secret prompt' }).text;
await tracing.shutdown();
