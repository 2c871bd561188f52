import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One alert of an Alertmanager webhook body (version 4); fields that nobody here reads are left out. */
export interface ReceivedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

export interface WebhookReceiver {
  readonly url: string;
  close(): Promise<void>;
}

/** Accepts Alertmanager's notifications, by default on an ephemeral port, and hands each alert over. */
export async function startWebhookReceiver(
  onAlert: (alert: ReceivedAlert) => void,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<WebhookReceiver> {
  const server = createServer((request, response) => {
    readAlerts(request).then(
      (alerts) => {
        for (const alert of alerts) onAlert(alert);
        response.writeHead(204).end();
      },
      (error: Error) =>
        response.writeHead(400).end(`expected an Alertmanager webhook body: ${error.message}\n`),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/alerts`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readAlerts(request: IncomingMessage): Promise<ReceivedAlert[]> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { alerts } = JSON.parse(body) as { alerts?: ReceivedAlert[] };
  if (!Array.isArray(alerts)) throw new TypeError('no alerts in it');
  return alerts;
}

/** `FIRING   critical BudgetExceeded  acme: has spent 104 % of its budget`. */
export function alertLine({ status, labels, annotations }: ReceivedAlert): string {
  const { alertname = '?', severity = '' } = labels;
  const about = labels.budget ?? labels.tenant_id ?? labels.model ?? labels.gpu;
  return [
    status.toUpperCase().padEnd(8),
    severity.padEnd(8),
    alertname.padEnd(20),
    `${about ? `[${about}] ` : ''}${annotations.summary ?? ''}`,
  ].join(' ');
}
