import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const GENERATED = join(import.meta.dirname, '..', '..', 'alert-rules', 'generated');

/** The project's rule files as they are committed: `*.rules.yml`. */
export function generatedRuleFiles(): string[] {
  return readdirSync(GENERATED)
    .filter((name) => name.endsWith('.rules.yml'))
    .map((name) => join(GENERATED, name));
}

/** The project's Alertmanager routing as it is committed. */
export function readAlertmanagerExample(): string {
  return readFileSync(join(GENERATED, 'alertmanager.yml'), 'utf8');
}
