import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What the figures were measured on, one line each. */
export function machine(): readonly string[] {
  const cores = cpus();
  return [
    `CPU: ${cores[0]?.model ?? 'unknown'}, ${cores.length} cores`,
    `Memory: ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `System: ${type()} ${release()}, Node ${process.versions.node}, SQLite ${process.versions.sqlite ?? 'unknown'}`,
    `Load average at the end (1, 5, 15 min): ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  ];
}
