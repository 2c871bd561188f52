import type { AlertThresholds } from '../../alert-rules/index.ts';
import { configSchema } from '../../exporter/config/schema.ts';

/** What the committed files are generated with: the `alerts` section of an empty configuration. */
export const DEFAULT_THRESHOLDS: AlertThresholds = configSchema.parse({}).alerts;

export const RULES_DIR = new URL('../../alert-rules/', import.meta.url).pathname;
export const GENERATED_DIR = `${RULES_DIR}generated`;
