import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const TOKENS_PER_SECOND = 900;
const LABELS = '{model_name="meta-llama/Llama-3.1-8B-Instruct",engine="0"}';

/** The metrics of a vLLM that is never idle. The caller closes it. */
export async function startStubEngine(nowMs: () => number): Promise<{ readonly url: string; close(): void }> {
  const startMs = nowMs();
  const server = createServer((_request, response) => {
    const seconds = (nowMs() - startMs) / 1000;
    const generated = Math.floor(seconds * TOKENS_PER_SECOND);
    response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(`# TYPE vllm:prompt_tokens counter
vllm:prompt_tokens_total${LABELS} ${generated * 4}
# TYPE vllm:generation_tokens counter
vllm:generation_tokens_total${LABELS} ${generated}
# TYPE vllm:request_success counter
vllm:request_success_total{model_name="meta-llama/Llama-3.1-8B-Instruct",engine="0",finished_reason="stop"} ${Math.floor(generated / 250)}
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running${LABELS} 7
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting${LABELS} 2
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc${LABELS} 0.61
`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/metrics`, close: () => server.close() };
}
