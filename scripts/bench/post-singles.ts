import { connect, type Socket } from 'node:net';
import { finish, input } from './bench-context.ts';
import { createUsage } from './usage-workload.ts';

/** A load generator on bare sockets, as cheap as can be: the rate is to be the server's, not its own. */
export interface PostSinglesInput {
  readonly targets: readonly { readonly name: string; readonly port: number }[];
  readonly connections: number;
  readonly windowMs: number;
  readonly rounds: number;
}

/** Requests per second of each round. */
export type PostSinglesResult = Readonly<Record<string, readonly number[]>>;

const { targets, connections, windowMs, rounds } = input<PostSinglesInput>();
const usage = createUsage(3);
const results: Record<string, number[]> = {};
for (const { name, port } of targets) {
  results[name] = [];
  await rate(port, windowMs);
}
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < targets.length; i++) {
    const { name, port } = targets[(i + round) % targets.length]!;
    results[name]!.push(await rate(port, windowMs));
  }
}
finish(results);

async function rate(port: number, forMs: number): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const startedMs = performance.now();
  const counts = await Promise.all(sockets.map((socket) => keepPosting(socket, startedMs + forMs)));
  const seconds = (performance.now() - startedMs) / 1000;
  for (const socket of sockets) socket.destroy();
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay(true)));
    socket.once('error', reject);
  });
}

/** One request after the other, each with another id. Resolves with how many were answered. */
function keepPosting(socket: Socket, untilMs: number): Promise<number> {
  const body = Buffer.from(JSON.stringify(usage.event(usage.variant(200), Date.now())));
  const head = `POST /v1/usage HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const request = Buffer.concat([Buffer.from(head), body]);
  const idAt = request.indexOf('"id":"') + 6;
  let answered = 0;
  let received = '';
  return new Promise((resolve, reject) => {
    const post = () => {
      request.write(answered.toString(16).padStart(8, '0'), idAt, 'latin1');
      // A copy: a socket that is behind may still hold the previous one.
      socket.write(Buffer.from(request));
    };
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      if (!received.startsWith('HTTP/1.1 20') || received.includes('"accepted":0')) {
        reject(new Error(`not accepted: ${received.slice(0, 500)}`));
        return;
      }
      received = '';
      answered += 1;
      if (performance.now() < untilMs) post();
      else resolve(answered);
    });
    post();
  });
}
