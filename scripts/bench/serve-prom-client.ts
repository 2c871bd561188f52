import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Counter, Gauge, Registry } from 'prom-client';

/** A cost exporter as one writes it with prom-client: no ledger, no validation, one made-up price. */
const registers = [new Registry()];
const USAGE = ['provider', 'model', 'tenant_id', 'team', 'feature', 'environment'] as const;
const help = 'bench';
const cost = new Counter({
  name: 'llm_cost_total',
  help,
  labelNames: [...USAGE, 'category', 'token_type'],
  registers,
});
const tokens = new Counter({
  name: 'llm_tokens_total',
  help,
  labelNames: [...USAGE, 'token_type'],
  registers,
});
const requests = new Counter({
  name: 'llm_requests_total',
  help,
  labelNames: [...USAGE, 'status'],
  registers,
});
const month = new Gauge({
  name: 'llm_cost_month_to_date_usd',
  help,
  labelNames: ['tenant_id', 'team', 'model', 'provider', 'category', 'environment'],
  registers,
});
const USD_PER_TOKEN = 2.5e-6;

type Event = Record<(typeof USAGE)[number] | 'status', string> & {
  usage: { input_tokens: number; output_tokens: number; cache_read_tokens: number };
};

function record({ provider, model, tenant_id, team, feature, environment, status, usage }: Event): void {
  const labels = { provider, model, tenant_id, team, feature, environment };
  const category = 'api_external';
  const quantities = {
    input: usage.input_tokens - usage.cache_read_tokens,
    cache_read: usage.cache_read_tokens,
    output: usage.output_tokens,
  };
  let usd = 0;
  for (const [token_type, quantity] of Object.entries(quantities)) {
    tokens.inc({ ...labels, token_type }, quantity);
    cost.inc({ ...labels, category, token_type }, quantity * USD_PER_TOKEN);
    usd += quantity * USD_PER_TOKEN;
  }
  requests.inc({ ...labels, status });
  month.inc({ tenant_id, team, model, provider, category, environment }, usd);
}

const server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    const events = JSON.parse(await text(request)) as Event[];
    for (const event of events) record(event);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ accepted: events.length }));
  } else {
    response.setHeader('Content-Type', registers[0]!.contentType);
    response.end(await registers[0]!.metrics());
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`address=http://127.0.0.1:${address?.port}`);
});
