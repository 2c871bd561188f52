import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createSelfMetrics } from '../../exporter/publish/self-metrics.ts';
import { toolPath } from '../../scripts/tools.ts';
import { everyFamily } from './every-family.ts';
import { scrape } from './scrape.ts';

/** What promtool may say about our names, and why it stays. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'gpu_instance_count non-histogram and non-summary metrics should not have "_count" suffix':
    'the name is given from outside; there is no family gpu_instance that it could be the count of',
  'llm_budget_forecast_usd non-summary metrics should not have "quantile" label':
    'a forecast is a distribution, and the label tells the median from the bands that come beside it',
};

test('promtool check metrics has nothing to say about a full scrape but the exceptions', async () => {
  const self = createSelfMetrics({
    sources: ['usage'],
    uncountedReasons: ['usage_missing'],
    ledgerOperations: ['commit'],
    overflowFamilies: ['llm_cost_total'],
  });
  const { blocks, foreign } = await self.collect();
  const ownNames = new Set(blocks.map((block) => block.family));
  const text = await scrape(
    [...everyFamily().filter((block) => !ownNames.has(block.family)), ...blocks],
    'text',
    foreign,
  );
  const { stdout, stderr, error } = spawnSync(toolPath('promtool'), ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  expect(error).toBeUndefined();
  const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  expect(complaints.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
});
