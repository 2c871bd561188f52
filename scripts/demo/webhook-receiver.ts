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
    readBody(request).then(
      (body) => {
        for (const alert of (JSON.parse(body) as { alerts: ReceivedAlert[] }).alerts) onAlert(alert);
        response.writeHead(204).end();
      },
      () => response.writeHead(500).end(),
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

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
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
