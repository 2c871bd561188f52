import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { generatedRuleFiles } from './generated-files.ts';

interface RuleFile {
  groups: {
    interval?: string;
    rules: { record?: string; for?: string; keep_firing_for?: string }[];
  }[];
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Not faster: recorded hours are averaged over a day by their number, and the past was recorded every few minutes. */
const RECORDING_INTERVAL = '15s';

/**
 * Writes the generated rule files to `dir` for people who do not want to wait, and answers their paths: what alerts
 * wait for is multiplied by `factor`, alerts are evaluated every second, and everything else stays as it is.
 */
export function writeLocalRules(dir: string, factor: number): string[] {
  return generatedRuleFiles().map((file) => {
    const local = join(dir, basename(file));
    writeFileSync(local, hastened(readFileSync(file, 'utf8'), factor));
    return local;
  });
}

function hastened(generated: string, factor: number): string {
  const file = parse(generated) as RuleFile;
  for (const group of file.groups) {
    group.interval = group.rules.some((rule) => rule.record) ? RECORDING_INTERVAL : '1s';
    for (const rule of group.rules) {
      if (rule.for) rule.for = scaled(rule.for, factor);
      if (rule.keep_firing_for) rule.keep_firing_for = scaled(rule.keep_firing_for, factor);
    }
  }
  return stringify(file);
}

/** `30m` by 1/60 is `30s`; never below a second, and 0 stays 0. */
function scaled(duration: string, factor: number): string {
  let seconds = 0;
  for (const [, count, unit] of duration.matchAll(/(\d+)([smhd])/g))
    seconds += Number(count) * SECONDS[unit!]!;
  return seconds === 0 ? '0s' : `${Math.max(1, Math.round(seconds * factor))}s`;
}
