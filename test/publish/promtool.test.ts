import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createSelfMetrics } from '../../exporter/publish/self-metrics.ts';
import { toolPath } from '../../scripts/tools.ts';
import { everyFamily } from './every-family.ts';
import { PROMTOOL_EXCEPTIONS } from './promtool-exceptions.ts';
import { scrape } from './scrape.ts';

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
  const complaints = new Set(`${stdout}${stderr}`.split('\n').filter((line) => line !== ''));
  expect(complaints).toEqual(new Set(PROMTOOL_EXCEPTIONS.keys()));
});
