import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAlertmanagerConfig } from '../../alert-rules/index.ts';
import type { Child } from '../../scripts/demo/children.ts';
import { writeLocalRules } from '../../scripts/demo/local-rules.ts';
import { postEvents } from '../../scripts/demo/sender.ts';
import {
  freePort,
  spawnExporter,
  startAlertmanager,
  startPrometheus,
  untilReady,
} from '../../scripts/demo/stack.ts';
import { waitUntil } from '../../scripts/demo/wait-until.ts';
import {
  type ReceivedAlert,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../scripts/demo/webhook-receiver.ts';
import { expectedNanoUsd, OWN_MODEL_CONFIG, pricedEvents } from './support/priced-events.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

const DEADLINE_MS = 60_000;
/** Rules and routing as generated, but five minutes become two seconds. */
const FACTOR = 1 / 150;
const received: ReceivedAlert[] = [];
let place: Workplace;
let webhook: WebhookReceiver;
let exporter: Child;
let exporterPort: number;
let prometheusPort: number;
let configFile: string;
let programs: Child[];

const writeConfig = (monthlyUsd: number) =>
  writeFileSync(configFile, `${OWN_MODEL_CONFIG}\nbudgets:\n  monthly_usd: ${monthlyUsd}\n`);

/** What everybody said last: the first thing to read when an alert does not come. */
const explain = () =>
  [
    `received: ${JSON.stringify(received.map(({ status, labels }) => [status, labels.alertname]))}`,
    ...programs.map((child) => `--- ${child.name}\n${child.outputTail().slice(-2000)}`),
  ].join('\n');

const find = (status: ReceivedAlert['status'], alertname: string) =>
  received.find((alert) => alert.status === status && alert.labels.alertname === alertname);

const untilAlert = (status: ReceivedAlert['status'], alertname: string) =>
  waitUntil(
    `${alertname} to be ${status} at the webhook`,
    () => find(status, alertname),
    DEADLINE_MS,
    explain,
  );

async function query(expression: string): Promise<{ metric: object; value: [number, string] }[]> {
  const url = `http://127.0.0.1:${prometheusPort}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const answer = (await (await fetch(url)).json()) as { data: { result: [] } };
  return answer.data.result;
}

beforeAll(async () => {
  place = openWorkplace();
  webhook = await startWebhookReceiver((alert) => received.push(alert));
  [exporterPort, prometheusPort] = [await freePort(), await freePort()];
  const alertmanagerPort = await freePort();
  configFile = join(place.dir, 'exporter.yaml');
  writeConfig(10);
  exporter = spawnExporter(place.children, {
    configFile,
    dataDir: join(place.dir, 'ledger'),
    port: exporterPort,
  });
  programs = [exporter];
  await untilReady(exporter, `http://127.0.0.1:${exporterPort}/-/ready`);

  const routing = buildAlertmanagerConfig({ webhookUrl: webhook.url, durationFactor: FACTOR });
  programs.push(
    await startAlertmanager(place.children, join(place.dir, 'alertmanager'), alertmanagerPort, routing),
    await startPrometheus(place.children, join(place.dir, 'prometheus'), prometheusPort, {
      exporter: `127.0.0.1:${exporterPort}`,
      alertmanager: `127.0.0.1:${alertmanagerPort}`,
      ruleFiles: writeLocalRules(place.dir, FACTOR),
      scrapeSeconds: 1,
    }),
  );
}, DEADLINE_MS);

afterAll(async () => {
  await place?.clear();
  await webhook?.close();
});

test(
  'spend beyond the budget reaches the webhook, and so does its end',
  async () => {
    const events = pricedEvents(1, Date.now() - 5000)(60, 100_000);
    const expected = expectedNanoUsd(events);
    expect(expected).toBeGreaterThan(10e9);
    const answer = await postEvents(`http://127.0.0.1:${exporterPort}`, events);
    expect(answer).toMatchObject({ accepted: 60, duplicate: 0 });

    const scraped = await waitUntil(
      'Prometheus to have scraped the cost',
      async () => {
        const [sum] = await query('sum(llm_cost_total)');
        return sum && Number(sum.value[1]) > 0 ? Number(sum.value[1]) : undefined;
      },
      DEADLINE_MS,
      explain,
    );
    expect(Math.round(scraped * 1e9)).toBe(expected);

    const firing = await untilAlert('firing', 'BudgetExceeded');
    expect(firing.labels).toMatchObject({
      severity: 'critical',
      scope: 'organization',
      job: 'llm-cost-exporter',
    });
    expect(firing.labels.budget).not.toBe('');
    expect(firing.annotations.summary).not.toBe('');
    expect(firing.annotations.runbook_url).toMatch(/^https?:.*BudgetExceeded/i);
    expect(find('resolved', 'BudgetExceeded')).toBeUndefined();

    writeConfig(1000);
    exporter.signal('SIGHUP');
    const resolved = await untilAlert('resolved', 'BudgetExceeded');
    expect(resolved.labels).toEqual(firing.labels);
  },
  3 * DEADLINE_MS,
);
