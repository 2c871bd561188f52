import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALERTS_FILE, buildRules, RECORDING_FILE } from '../../alert-rules/index.ts';
import { configSchema } from '../../exporter/config/schema.ts';

/** Not faster: hours are recorded often enough, and a mean of a day weighs each record the same. */
const RECORDING_FACTOR = 1 / 4;

/**
 * Writes the project's own rules, with the default thresholds, for people who do not want to wait: what alerts wait
 * for is multiplied by `alertFactor`. Answers the paths of the files.
 */
export function writeLocalRules(dir: string, alertFactor: number): string[] {
  const thresholds = configSchema.parse({}).alerts;
  const texts = {
    [RECORDING_FILE]: buildRules(thresholds, { durationFactor: RECORDING_FACTOR }).recording,
    [ALERTS_FILE]: buildRules(thresholds, { durationFactor: alertFactor }).alerts,
  };
  return Object.entries(texts).map(([name, text]) => {
    const file = join(dir, name);
    writeFileSync(file, text);
    return file;
  });
}
