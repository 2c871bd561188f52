import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

/** The exporter's own state at the time of a scrape. What is unknown is absent. */
export interface SelfStatus {
  readonly build: { readonly version: string; readonly revision: string; readonly nodeVersion: string };
  readonly ledger: { readonly up: boolean; readonly rows?: number; readonly bytes?: number };
  /** By family, overflow rows included. */
  readonly seriesHeld: ReadonlyMap<string, number>;
  readonly previousScrape?: { readonly bytes: number; readonly durationSeconds: number };
  readonly config: { readonly lastReloadSuccessful: boolean; readonly lastReloadSuccessMs?: number };
}

export function selfBlocks({ build, ledger, seriesHeld, previousScrape, config }: SelfStatus): SampleBlock[] {
  return [
    fixedBlock('llm_cost_exporter_build_info', [[[build.version, build.revision, build.nodeVersion], 1]]),
    single('llm_cost_exporter_ledger_up', Number(ledger.up)),
    single('llm_cost_exporter_ledger_rows', ledger.rows),
    single('llm_cost_exporter_ledger_bytes', ledger.bytes),
    fixedBlock(
      'llm_cost_exporter_series',
      [...seriesHeld].map(([family, held]) => [[family], held]),
    ),
    single('llm_cost_exporter_exposition_bytes', previousScrape?.bytes),
    single('llm_cost_exporter_exposition_duration_seconds', previousScrape?.durationSeconds),
    single('llm_cost_exporter_config_last_reload_successful', Number(config.lastReloadSuccessful)),
    single(
      'llm_cost_exporter_config_last_reload_success_timestamp_seconds',
      config.lastReloadSuccessMs === undefined ? undefined : config.lastReloadSuccessMs / 1000,
    ),
  ];
}

function single(name: string, value: number | undefined): SampleBlock {
  return fixedBlock(name, value === undefined ? [] : [[[], value]]);
}
