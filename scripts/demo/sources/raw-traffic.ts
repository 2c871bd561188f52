import { type DemoCall, post, type SourceTraffic } from './source-traffic.ts';

/** What the provider answered, sent on as it is: plain bodies and, every third, the transcript of a stream. */
export function rawTraffic(base: string, feature: string): SourceTraffic {
  let sent = 0;
  const headers = { 'x-llm-feature': feature };
  return {
    feature,
    async send(calls) {
      for (const call of calls) {
        sent += 1;
        const url = `${base}/v1/usage/${call.provider}`;
        if (sent % 3 === 0) await post(url, 'text/event-stream', transcriptOf(call), headers);
        else await post(url, 'application/json', JSON.stringify(bodyOf(call)), headers);
      }
    },
    close: async () => {},
  };
}

function bodyOf(call: DemoCall): object {
  return {
    id: call.id,
    type: 'message',
    model: call.model,
    stop_reason: 'end_turn',
    usage: {
      input_tokens: call.inputTokens - call.cachedTokens,
      cache_read_input_tokens: call.cachedTokens,
      cache_creation_input_tokens: 0,
      output_tokens: call.outputTokens,
    },
  };
}

/** Every tenth stream breaks off before its usage is known. */
function transcriptOf(call: DemoCall): string {
  const { usage, ...message } = bodyOf(call) as { usage: { output_tokens: number } };
  const start = { type: 'message_start', message: { ...message, usage: { ...usage, output_tokens: 1 } } };
  const delta = {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn' },
    usage: { output_tokens: call.outputTokens },
  };
  const events = call.id.endsWith('5') ? [start] : [start, delta, { type: 'message_stop' }];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
