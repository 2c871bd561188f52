import type { Log, LogFields } from './domain/ports.ts';

/** Log lines as Prometheus writes them: `ts=… level=info msg="listening" address=…`. */
export function logfmt(write: (line: string) => void, now: () => number): Log {
  const line = (level: string) => (message: string, fields?: LogFields) => {
    const pairs = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined);
    const rest = pairs.map(([key, value]) => ` ${key}=${quoted(String(value))}`).join('');
    write(`ts=${new Date(now()).toISOString()} level=${level} msg=${quoted(message)}${rest}\n`);
  };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}

function quoted(text: string): string {
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
