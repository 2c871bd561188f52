import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../tools.ts';
import { JOB_NAME } from './prometheus-config.ts';

export interface History {
  /** Adds what the exporter showed at a moment in the past. */
  add(exposition: string, atMs: number): void;
  /** Makes blocks of it in Prometheus's data folder, from which a Prometheus that starts later reads them. */
  writeBlocks(dataDir: string): void;
}

/** Families whose values are right for the moment of the newest event; the others depend on the clock. */
const TIMELESS = /^(llm_\w+_total|llm_cost_month_to_date_usd)(?:\{(.*)\})? (\S+)$/;

/**
 * Collects scrapes so that Prometheus knows a day at its start: a mean of 24 hours needs 24 hours.
 * `instance` is the target that Prometheus will scrape.
 */
export function createHistory(dir: string, instance: string): History {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'history.om');
  return {
    add: (exposition, atMs) => {
      let text = '';
      for (const line of exposition.split('\n')) {
        const [, name, labels, value] = TIMELESS.exec(line) ?? [];
        if (name === undefined) continue;
        const all = `${labels ? `${labels.replace(/,$/, '')},` : ''}instance="${instance}",job="${JOB_NAME}"`;
        text += `${name}{${all}} ${value} ${atMs / 1000}\n`;
      }
      appendFileSync(file, text);
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
