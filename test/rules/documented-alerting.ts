import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildAlertmanagerConfig } from '../../alert-rules/alertmanager/config.ts';
import { configSchema } from '../../exporter/config/schema.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/alerting.md'), 'utf8');

/** The configuration of docs/alerting.md: all four ways to tell, every kind of route, mute times. */
export const DOCUMENTED: unknown = parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');

/** What `npm run generate -- --config` writes for a configuration. */
export function routingOf(configuration: unknown, durationFactor = 1): string {
  const { alerting, time_zone } = configSchema.parse(configuration);
  return buildAlertmanagerConfig({ alerting, timeZone: time_zone, durationFactor });
}
