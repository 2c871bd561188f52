import { OpenAIInstrumentation as OpenInference } from '@arizeai/openinference-instrumentation-openai';
import { OpenAIInstrumentation as OpenLlmetry } from '@traceloop/instrumentation-openai';
import OpenAI from 'openai';
import { chatTwice } from './chat-twice.ts';
import { stubFetch } from './stub-fetch.ts';
import { startTracing } from './tracing.ts';

const [otlpUrl = '', protocol = '', stubUrl = '', which = ''] = process.argv.slice(2);
const tracing = startTracing(otlpUrl, protocol, which);
const instrumentation = which === 'openllmetry' ? new OpenLlmetry() : new OpenInference();
instrumentation.setTracerProvider(tracing);
instrumentation.manuallyInstrument(OpenAI as never);

const openai = new OpenAI({ apiKey: 'none', fetch: stubFetch(stubUrl) });
await chatTwice(openai);
await tracing.shutdown();
