import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  alertLine,
  type ReceivedAlert,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../scripts/demo/webhook-receiver.ts';

const FIRING: ReceivedAlert = {
  status: 'firing',
  labels: { alertname: 'BudgetExceeded', severity: 'critical', budget: 'organization' },
  annotations: { summary: 'Budget organization is overspent' },
  startsAt: '2026-01-01T00:00:00Z',
};
const received: ReceivedAlert[] = [];
let webhook: WebhookReceiver;

beforeEach(async () => {
  received.length = 0;
  webhook = await startWebhookReceiver((alert) => received.push(alert));
});
afterEach(() => webhook.close());

test('hands over each alert of a notification', async () => {
  const resolved = { ...FIRING, status: 'resolved' };
  const body = JSON.stringify({ version: '4', alerts: [FIRING, resolved] });
  expect((await fetch(webhook.url, { method: 'POST', body })).status).toBe(204);
  expect(received).toEqual([FIRING, resolved]);
});

test.each([
  ['a health check', undefined],
  ['no JSON', 'alert!'],
  ['other JSON', '{"alerts": 1}'],
])('answers %s with 400 and lives on', async (_, body) => {
  const answer = await fetch(webhook.url, body === undefined ? {} : { method: 'POST', body });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('expected an Alertmanager webhook body');
  expect((await fetch(webhook.url, { method: 'POST', body: '{"alerts":[]}' })).status).toBe(204);
  expect(received).toEqual([]);
});

test('an alert is one line for people', () => {
  expect(alertLine(FIRING)).toBe(
    'FIRING   critical BudgetExceeded       [organization] Budget organization is overspent',
  );
});
