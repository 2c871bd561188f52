import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawClient {
  readonly socket: Socket;
  /** All that came until the server closed the connection, and how it did. */
  readonly ended: Promise<{ readonly text: string; readonly isReset: boolean }>;
  /** Resolves with all that has come once it contains `text`. */
  until(text: string): Promise<string>;
}

/** A TCP client that says what it is told, and nothing more. */
export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  let received = '';
  let isReset = false;
  let wake = () => {};
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
    wake();
  });
  const ended = new Promise<{ text: string; isReset: boolean }>((resolve) => {
    const settle = () => resolve({ text: received, isReset });
    socket.on('error', () => {
      isReset = true;
    });
    socket.once('end', settle).once('close', settle);
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    socket,
    ended,
    until: async (text) => {
      while (!received.includes(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          void ended.then(() => resolve());
        });
        if (!received.includes(text) && (socket.destroyed || socket.readableEnded)) {
          throw new Error(`closed before ${JSON.stringify(text)} came: ${JSON.stringify(received)}`);
        }
      }
      return received;
    },
  };
}

/** The status and JSON body of one HTTP/1.1 answer with a Content-Length. */
export function parseAnswer(text: string): { status: number; head: string; json: unknown } {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  return { status: Number(head.split(' ')[1]), head, json: body === '' ? undefined : JSON.parse(body) };
}
