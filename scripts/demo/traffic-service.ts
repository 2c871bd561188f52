/**
 * The demo's traffic against an exporter that runs elsewhere, until it is stopped: what `docker-compose.yml` starts.
 * Prints the alerts that Alertmanager sends to its webhook.
 *
 *   node scripts/demo/traffic-service.ts http://exporter:10464 0.0.0.0:9095
 */
import { setInterval } from 'node:timers/promises';
import { postEvents } from './sender.ts';
import { createTraffic } from './traffic.ts';
import { alertLine, startWebhookReceiver } from './webhook-receiver.ts';

const CALLS_PER_SECOND = 2;
/** An agent runs away for 20 s in every quarter of an hour. */
const RUNAWAY_EVERY_SECONDS = 900;
const RUNAWAY_SECONDS = 20;

const [exporter = 'http://127.0.0.1:10464', webhook = '127.0.0.1:9095'] = process.argv.slice(2);
const [host = '', port = ''] = webhook.split(':');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));

await startWebhookReceiver((alert) => console.log(alertLine(alert)), { host, port: Number(port) });
const startedMs = Date.now();
const traffic = createTraffic(startedMs, `compose-${startedMs}`);
console.log(`sending ${CALLS_PER_SECOND} calls a second to ${exporter}; alerts arrive at ${webhook}`);

for await (const _ of setInterval(1000)) {
  const now = Date.now();
  const second = Math.floor((now - startedMs) / 1000);
  const running = second % RUNAWAY_EVERY_SECONDS >= RUNAWAY_EVERY_SECONDS - RUNAWAY_SECONDS;
  const events = [
    ...traffic.ordinary(CALLS_PER_SECOND, now - 1000, now),
    ...traffic.runaway(running ? 5 : 0, now - 1000, now),
  ];
  await postEvents(exporter, events).catch((error: unknown) => console.error(String(error)));
}
