import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAlertmanagerConfig, generatedFiles } from '../alert-rules/index.ts';
import { loadConfig } from '../exporter/config/load.ts';
import { type Config, configSchema } from '../exporter/config/schema.ts';
import { buildDashboards } from '../grafana-dashboards/index.ts';
import { metricsPage } from './generate/metrics-page.ts';

export interface Artefact {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly text: string;
}

const RULES_FOLDER = 'alert-rules/generated';
const DASHBOARDS_FOLDER = 'grafana-dashboards/generated';
/** Nothing lies in them but artefacts. */
const GENERATED_FOLDERS = [RULES_FOLDER, DASHBOARDS_FOLDER];

/** Where the traffic container of docker-compose.yml prints what Alertmanager sends. */
const COMPOSE_WEBHOOK_URL = 'http://traffic:9095/alerts';

/** Every file that is made from source; by default with the thresholds and the routing of an empty configuration. */
export function artefacts(config: Config = configSchema.parse({})): readonly Artefact[] {
  const routing = { alerting: config.alerting, timeZone: config.time_zone };
  return [
    ...inFolder(RULES_FOLDER, generatedFiles(config.alerts, routing)),
    ...inFolder(DASHBOARDS_FOLDER, buildDashboards()),
    {
      path: 'deploy/compose/alertmanager.yml',
      text: buildAlertmanagerConfig({ webhookUrl: COMPOSE_WEBHOOK_URL }),
    },
    { path: 'docs/metrics.md', text: metricsPage() },
  ];
}

/** Files in the generated folders below `root` that are not among `files`. */
export function leftovers(root: string, files: readonly Artefact[]): readonly string[] {
  const known = new Set(files.map(({ path }) => path));
  return GENERATED_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  ).filter((path) => !known.has(path));
}

/** Writes the files below `root` and removes the leftovers. */
export function generate(root: string, files: readonly Artefact[]): void {
  for (const { path, text } of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const path of leftovers(root, files)) rmSync(join(root, path));
}

function inFolder(folder: string, files: ReadonlyMap<string, string>): Artefact[] {
  return [...files].map(([name, text]) => ({ path: `${folder}/${name}`, text }));
}

if (import.meta.main) {
  const { config } = parseArgs({ options: { config: { type: 'string' } } }).values;
  const files = artefacts(loadConfig(config, []));
  generate(join(import.meta.dirname, '..'), files);
  process.stdout.write(`${files.length} files generated\n`);
}
