import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { toolPath } from '../tools.ts';
import { type Cost, costByTenant, recordedHour } from './history-hours.ts';
import { JOB_NAME } from './prometheus-config.ts';

export interface History {
  /** Adds what the exporter showed at a moment in the past; the moments rise. */
  add(exposition: string, atMs: number): void;
  /** Makes blocks of it in Prometheus's data folder, from which a Prometheus that starts later reads them. */
  writeBlocks(dataDir: string): void;
}

/** Families whose values are right for the moment of the newest event; the others depend on the clock. */
const TIMELESS = /^(llm_\w+_total|llm_cost_month_to_date_usd)(?:\{(.*)\})? (\S+)$/;

/**
 * Collects scrapes in `file` so that Prometheus knows a day at its start: a mean of 24 hours needs 24 hours.
 * `instance` is the target that Prometheus will scrape.
 */
export function createHistory(file: string, instance: string): History {
  const costs: Cost[] = [];
  return {
    add: (exposition, atMs) => {
      const seconds = atMs / 1000;
      const target = `instance="${instance}",job="${JOB_NAME}"`;
      const lines = [`up{${target}} 1 ${seconds}`];
      for (const line of exposition.split('\n')) {
        const [, name, labels, value] = TIMELESS.exec(line) ?? [];
        if (name === undefined) continue;
        lines.push(`${name}{${labels ? `${labels},` : ''}${target}} ${value} ${seconds}`);
      }
      costs.push({ atMs, byTenant: costByTenant(exposition) });
      lines.push(...recordedHour(costs).map((sample) => `${sample} ${seconds}`));
      appendFileSync(file, `${lines.join('\n')}\n`);
    },
    writeBlocks: (dataDir) => {
      appendFileSync(file, '# EOF\n');
      mkdirSync(dataDir, { recursive: true });
      const promtool = toolPath('promtool');
      execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, dataDir], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    },
  };
}
