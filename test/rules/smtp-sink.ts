import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export interface SmtpSink {
  /** `host:port`. */
  readonly address: string;
  close(): void;
}

/** A mail server that takes every login and every mail, and hands over what it was told: commands and texts. */
export async function startSmtpSink(onText: (text: string) => void): Promise<SmtpSink> {
  const server = createServer((socket) => {
    let isMail = false;
    let rest = '';
    const answer = (line: string): string => {
      if (isMail) {
        isMail = line !== '.';
        return isMail ? '' : '250 taken\r\n';
      }
      isMail = line === 'DATA';
      if (isMail) return '354 go on\r\n';
      if (line.startsWith('EHLO')) return '250-sink\r\n250 AUTH PLAIN\r\n';
      return line.startsWith('AUTH') ? '235 welcome\r\n' : '250 ok\r\n';
    };
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (text: string) => {
      onText(text);
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) socket.write(answer(line));
    });
    socket.write('220 sink\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
