import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Child } from '../../scripts/demo/children.ts';
import { freePort, startAlertmanager } from '../../scripts/demo/stack.ts';
import { waitUntil } from '../../scripts/demo/wait-until.ts';
import { openWorkplace, type Workplace } from '../e2e/support/workplace.ts';
import { routingOf } from './documented-alerting.ts';
import { type SmtpSink, startSmtpSink } from './smtp-sink.ts';

type Labels = Readonly<Record<string, string>>;

interface Request {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

const DEADLINE_MS = 20_000;
const requests: Request[] = [];
const SECRETS = {
  slack: '/T0/slack-secret',
  pagerduty: 'pagerduty-secret',
  hook: 'hook-secret',
  smtp: 'smtp-secret',
};
let mail = '';
let place: Workplace;
let hooks: Server;
let smtp: SmtpSink;
let alertmanager: Child;
let api: string;
let routing: string;

const explain = () => `received: ${JSON.stringify(requests)}\n${mail}\n${alertmanager.outputTail()}`;
const requestsTo = (path: string) => requests.filter((one) => one.path === path);
const untilRequest = (path: string, count = 1) =>
  waitUntil(
    `${count} requests to ${path}`,
    () => (requestsTo(path).length >= count ? requestsTo(path)[0] : undefined),
    DEADLINE_MS,
    explain,
  );

async function fire(...alerts: Labels[]): Promise<void> {
  const annotations = { summary: 'Too much', description: '$5 of $4', runbook_url: 'http://h/runbook' };
  const answer = await fetch(`${api}/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((labels) => ({ labels, annotations }))),
  });
  expect(answer.status).toBe(200);
}

/** The alerts that are held back because of others, by their label `n`. */
async function inhibited(): Promise<string> {
  const alerts = (await (await fetch(`${api}/alerts`)).json()) as {
    labels: Labels;
    status: { inhibitedBy: string[] };
  }[];
  return alerts
    .filter(({ status }) => status.inhibitedBy.length > 0)
    .map(({ labels }) => labels.n)
    .sort()
    .join();
}

beforeAll(async () => {
  place = openWorkplace();
  hooks = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', body });
    response.writeHead(200).end('ok');
  });
  hooks.listen(0, '127.0.0.1');
  await once(hooks, 'listening');
  smtp = await startSmtpSink((text) => {
    mail += text;
  });
  const base = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}`;
  const secretFile = (name: keyof typeof SECRETS) => join(place.dir, name);
  writeFileSync(secretFile('slack'), `${base}${SECRETS.slack}\n`);
  for (const name of ['pagerduty', 'hook', 'smtp'] as const)
    writeFileSync(secretFile(name), `${SECRETS[name]}\n`);

  const hook = (name: string) => ({ name, webhook: { url: `${base}/${name}` } });
  const everyWay = {
    name: 'every-way',
    webhook: { url: `${base}/hook`, credentials_file: secretFile('hook') },
    slack: { api_url_file: secretFile('slack'), channel: '#llm' },
    pagerduty: { routing_key_file: secretFile('pagerduty') },
    email: {
      to: 'to@example.com',
      from: 'from@example.com',
      smarthost: smtp.address,
      auth_username: 'me',
      auth_password_file: secretFile('smtp'),
      require_tls: false,
    },
  };
  routing = routingOf(
    {
      alerting: {
        receiver: 'null',
        receivers: [everyWay, hook('muted'), hook('loud')],
        routes: [
          { tenant_id: 'ways', receiver: 'every-way' },
          { tenant_id: 'night', receiver: 'muted', mute: ['always'], continue: true },
          { tenant_id: 'night', receiver: 'loud' },
        ],
        mute_times: [{ name: 'always', times: [{ from: '00:00', to: '24:00' }] }],
      },
    },
    1 / 7200,
  );
  // PagerDuty's own address is not a setting.
  const here = routing.replace('- routing_key_file:', `- url: ${base}/pagerduty\n        routing_key_file:`);
  expect(here).not.toBe(routing);
  const port = await freePort();
  alertmanager = await startAlertmanager(place.children, place.dir, port, here);
  api = `http://127.0.0.1:${port}/api/v2`;
});

afterAll(async () => {
  await place?.clear();
  smtp?.close();
  hooks?.closeAllConnections();
  hooks?.close();
});

test('an alert holds back the lesser ones on the same budget or tenant, and no others', async () => {
  const budget = (id: string) => ({ budget: `tenant:${id}`, scope: 'tenant', scope_id: id, period: 'month' });
  const critical = { severity: 'critical', job: 'a' };
  const warning = { severity: 'warning', job: 'a' };
  const reached = (threshold: string, id: string) => ({
    ...{ n: `${threshold}-${id}`, alertname: 'BudgetThresholdReached', severity: 'info', job: 'a' },
    ...{ threshold, ...budget(id) },
  });
  await fire(
    { n: 'source', alertname: 'BudgetExceeded', ...critical, ...budget('acme') },
    { n: '1-same-budget', alertname: 'BudgetWarning', ...warning, ...budget('acme') },
    reached('50', 'acme'),
    reached('90', 'acme'),
    reached('120', 'acme'),
    reached('90', 'globex'),
    reached('50', 'initech'),
    { n: 'other-budget', alertname: 'BudgetWarning', ...warning, ...budget('globex') },
    { n: 'other-subject', alertname: 'BudgetWarning', ...warning, ...budget('acme'), scope_id: 'globex' },
    { n: 'other-job', alertname: 'BudgetWarning', ...warning, ...budget('acme'), job: 'z' },
    { n: 'critical', alertname: 'BudgetBurnRateCritical', ...critical, ...budget('acme') },
    { n: 'no-budget', alertname: 'CostSpike', ...warning },
    { n: 'no-job', alertname: 'DiskFull', severity: 'warning' },
    { n: 'source', alertname: 'TenantCritical', ...critical, tenant_id: 'acme' },
    { n: '2-same-tenant', alertname: 'UnexpectedTenantCost', ...warning, tenant_id: 'acme' },
    { n: 'other-tenant', alertname: 'UnexpectedTenantCost', ...warning, tenant_id: 'globex' },
    { n: 'source', alertname: 'LLMCostExporterDown', severity: 'critical', job: 'down' },
    { n: '3-job-down', alertname: 'BudgetExceeded', ...critical, ...budget('acme'), job: 'down' },
    { n: '4-job-down', alertname: 'CostSpike', ...warning, job: 'down' },
    { n: 'watchdog', alertname: 'Watchdog', severity: 'none', job: 'down' },
    { n: 'source', alertname: 'LLMCostExporterDown', severity: 'critical' },
  );
  await waitUntil('six to be inhibited', async () => (await inhibited()).split(',')[5], DEADLINE_MS, explain);
  expect(await inhibited()).toBe('1-same-budget,2-same-tenant,3-job-down,4-job-down,50-acme,90-acme');
});

test('a mute time holds back critical alerts too, for its own route only', async () => {
  await fire({ alertname: 'BudgetExceeded', severity: 'critical', job: 'm', tenant_id: 'night' });
  await untilRequest('/loud', 3);
  expect(requestsTo('/muted')).toEqual([]);
});

describe('every way to tell reads its secret from a file', () => {
  const labels = { alertname: 'X', severity: 'critical', job: 'w', tenant_id: 'ways' };
  beforeAll(() => fire(labels));

  test('webhook', async () => {
    const { authorization, body } = await untilRequest('/hook');
    expect(authorization).toBe(`Bearer ${SECRETS.hook}`);
    expect(JSON.parse(body)).toMatchObject({ status: 'firing', alerts: [{ labels }] });
  });

  test('Slack', async () => {
    const { channel, attachments } = JSON.parse((await untilRequest(SECRETS.slack)).body);
    expect(channel).toBe('#llm');
    expect(attachments[0].text).toBe('*Too much*\n$5 of $4 <http://h/runbook|Runbook>\n');
  });

  test('PagerDuty', async () => {
    expect(JSON.parse((await untilRequest('/pagerduty')).body)).toMatchObject({
      routing_key: SECRETS.pagerduty,
      event_action: 'trigger',
      payload: { severity: 'critical' },
    });
  });

  test('e-mail', async () => {
    await waitUntil('a mail', () => /\r\n\.\r\n/.exec(mail) ?? undefined, DEADLINE_MS, explain);
    expect(mail).toContain(`AUTH PLAIN ${Buffer.from(`\0me\0${SECRETS.smtp}`).toString('base64')}`);
    expect(mail).toContain('RCPT TO:<to@example.com>');
    expect(mail).toContain('Too much');
  });

  test('and none is in the generated file', () => {
    for (const secret of Object.values(SECRETS)) expect(routing).not.toContain(secret);
  });
});
