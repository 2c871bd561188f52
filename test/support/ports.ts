import type { Ports } from '../../exporter/domain/ports.ts';
import { NOW_MS } from './charges.ts';

export interface FrozenPorts extends Ports {
  /** Where the clock stands; assign to move it. */
  nowMs: number;
  readonly lines: string[];
}

/** A clock that stands still and a log that is kept. */
export function frozenPorts(nowMs = NOW_MS): FrozenPorts {
  const lines: string[] = [];
  const write = (level: string) => (message: string, fields?: object) =>
    void lines.push(`${level} ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}`);
  const ports: FrozenPorts = {
    nowMs,
    lines,
    now: () => ports.nowMs,
    monotonic: () => ports.nowMs,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
  };
  return ports;
}
