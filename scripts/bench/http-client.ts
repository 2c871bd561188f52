import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headersMs: number;
  readonly totalMs: number;
  readonly bytes: number;
  /** Only of answers up to 64 KiB. */
  readonly text: string;
}

const KEPT_BYTES = 65_536;

/** Keeps `connections` connections open. Times run from the call to the headers and to the last byte. */
export function createHttpClient(connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send(
      method: string,
      url: string,
      headers: Readonly<Record<string, string>> = {},
      body?: Buffer,
    ): Promise<Answer> {
      const startedMs = performance.now();
      return new Promise((resolve, reject) => {
        const outgoing = request(url, { method, agent, headers }, (incoming) => {
          const headersMs = performance.now() - startedMs;
          let bytes = 0;
          const kept: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes <= KEPT_BYTES) kept.push(chunk);
          });
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              headersMs,
              totalMs: performance.now() - startedMs,
              bytes,
              text: bytes <= KEPT_BYTES ? Buffer.concat(kept).toString() : '',
            }),
          );
        });
        outgoing.on('error', reject);
        if (body) outgoing.setHeader('Content-Length', body.length);
        outgoing.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

export type HttpClient = ReturnType<typeof createHttpClient>;

const JSON_HEADERS = { 'Content-Type': 'application/json' };

/** Posts events and throws unless each of them was stored as new. */
export async function postEvents(
  client: HttpClient,
  url: string,
  body: Buffer,
  events: number,
): Promise<Answer> {
  const answer = await client.send('POST', `${url}/v1/usage`, JSON_HEADERS, body);
  if (answer.status !== 200 || JSON.parse(answer.text).accepted !== events) {
    throw new Error(
      `${url}/v1/usage answered ${answer.status} ${answer.text.slice(0, 500)}, expected ${events} accepted`,
    );
  }
  return answer;
}
