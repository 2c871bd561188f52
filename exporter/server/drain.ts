import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long a request may take to begin on a connection that has not had one. */
const SILENCE_MS = 1000;
const IDLE_CHECK_MS = 50;

/**
 * To be made before the server listens. The returned function stops listening, lets the requests under way finish for
 * at most `deadlineMs`, and resolves when no connection is left.
 */
export function createDrain(server: Server, deadlineMs: number): () => Promise<void> {
  // Node counts a connection as idle only once it has had a request.
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', (request) => silent.delete(request.socket));

  return () =>
    new Promise((resolve) => {
      const timers = [
        setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS),
        setTimeout(() => {
          for (const socket of silent) socket.destroy();
        }, SILENCE_MS),
        setTimeout(() => server.closeAllConnections(), deadlineMs),
      ];
      server.close(() => {
        for (const timer of timers) clearTimeout(timer);
        resolve();
      });
    });
}
