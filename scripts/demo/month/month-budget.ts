import { whatIf } from '../../../exporter/app/what-if.ts';
import { type Config, configSchema } from '../../../exporter/config/schema.ts';
import { MONTH, OVERSPEND } from './month-story.ts';

/** What the month cost by the ledger. */
export async function spentInMonth(config: Config, stop: AbortSignal): Promise<number> {
  const found = await whatIf({
    config,
    configFile: undefined,
    swaps: [],
    fromMs: MONTH.startMs,
    toMs: MONTH.endMs,
    stop,
    onProgress: () => undefined,
  });
  return found.compared.reduce((sum, { actualNanoUsd }) => sum + actualNanoUsd, 0) / 1e9;
}

/** A budget that the month overspends; from the next month on there is one that lasts. */
export function budgetOf(spentUsd: number) {
  const octoberUsd = Math.round(spentUsd / OVERSPEND);
  const novemberUsd = 3 * octoberUsd;
  const untilNovember = { limit: octoberUsd, until: new Date(MONTH.endMs).toISOString() };
  const section: Config['budgets'] = configSchema.parse({
    budgets: { definitions: [{ name: 'platform', limit: novemberUsd, override: untilNovember }] },
  }).budgets;
  return { octoberUsd, novemberUsd, section };
}
