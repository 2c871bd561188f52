import { describe, expect, it } from 'vitest';
import { configSchema } from '../../exporter/config/schema.ts';
import { detectOpportunities, MAX_OPPORTUNITIES } from '../../exporter/opportunities/index.ts';
import { NO_EVIDENCE, OPTIONS, quantities } from './evidence.ts';

const repeated = (tenantId: string, repeatUsd: number, provider = 'openai') => ({
  tenantId,
  provider,
  model: 'gpt-4o',
  groups: 1,
  calls: 100,
  costNanoUsd: 2 * repeatUsd * 1e9,
  repeatCostNanoUsd: repeatUsd * 1e9,
});
const small = {
  tenantId: 'acme',
  provider: 'openai',
  model: 'gpt-4o',
  calls: 10,
  quantities: quantities(1000, 100),
  costNanoUsd: 5e9,
};
const gpu = {
  uuid: 'GPU-1',
  model: 'NVIDIA A10G',
  meanUtilizationPercent: 7,
  hours: 730.5,
  hourlyNanoUsd: 1e9,
};
/** A window of a month: savings are what the rows say. */
const evidence = {
  windowHours: 730.5,
  repeatedPrompts: [repeated('acme', 3), repeated('zeta', 30)],
  smallRequests: [small],
  gpus: [gpu],
};

describe('detectOpportunities', () => {
  it('runs every detector and sorts by savings', () => {
    const { opportunities, failures } = detectOpportunities(evidence, OPTIONS);
    expect(failures).toEqual([]);
    expect(opportunities.map(({ strategy, target }) => [strategy, target])).toEqual([
      ['gpu_rightsizing', 'GPU-1'],
      ['response_cache', 'zeta/openai/gpt-4o'],
      ['model_downgrade', 'acme/openai/gpt-4o'],
      ['response_cache', 'acme/openai/gpt-4o'],
    ]);
  });

  it('finds nothing in nothing', () => {
    expect(detectOpportunities(NO_EVIDENCE, OPTIONS)).toEqual({ opportunities: [], failures: [] });
  });

  it('leaves out what saves less than the minimum, and keeps what saves just that', () => {
    const { opportunities } = detectOpportunities(evidence, { ...OPTIONS, minimumUsdPerMonth: 30 });
    expect(opportunities.map(({ target }) => target)).toEqual(['GPU-1', 'zeta/openai/gpt-4o']);
  });

  it('keeps the dearest of many, in the same order whatever the order of the rows', () => {
    const rows = Array.from({ length: 3 * MAX_OPPORTUNITIES }, (_, index) =>
      repeated(`t${index}`, 1 + Math.floor(index / 2)),
    );
    const forwards = detectOpportunities({ ...NO_EVIDENCE, repeatedPrompts: rows }, OPTIONS).opportunities;
    const backwards = detectOpportunities({ ...NO_EVIDENCE, repeatedPrompts: rows.toReversed() }, OPTIONS);
    expect(forwards).toHaveLength(MAX_OPPORTUNITIES);
    expect(forwards[0]?.target).toBe('t148/openai/gpt-4o');
    expect(forwards.at(-1)?.target).toBe('t101/openai/gpt-4o');
    expect(backwards.opportunities).toEqual(forwards);
  });

  it('reports a detector that fails and keeps the findings of the others', () => {
    const priceAt = () => {
      throw new Error('no such card');
    };
    const { opportunities, failures } = detectOpportunities(evidence, { ...OPTIONS, priceAt });
    expect(failures).toEqual([{ strategy: 'model_downgrade', error: 'no such card' }]);
    expect(opportunities.map(({ strategy }) => strategy)).toEqual([
      'gpu_rightsizing',
      'response_cache',
      'response_cache',
    ]);
  });

  it('gives one opportunity per strategy and target where names with slashes collide', () => {
    const rows = [
      { ...repeated('a/openai', 3, 'x'), model: 'm' },
      { ...repeated('a', 4, 'openai'), model: 'x/m' },
    ];
    const { opportunities } = detectOpportunities(
      { ...NO_EVIDENCE, windowHours: 730.5, repeatedPrompts: rows },
      OPTIONS,
    );
    expect(opportunities.map(({ target, savingsUsdPerMonth }) => [target, savingsUsdPerMonth])).toEqual([
      ['a/openai/x/m', 4],
    ]);
  });

  it('understands every cheaper model of the default configuration', () => {
    const { cheaper_models: cheaperModels } = configSchema.parse({}).opportunities;
    const rows = Object.keys(cheaperModels).map((name) => {
      const [provider = '', model = ''] = name.split('/');
      return { ...small, provider, model };
    });
    const options = { ...OPTIONS, cheaperModels, priceAt: () => 1 };
    const { opportunities, failures } = detectOpportunities({ ...NO_EVIDENCE, smallRequests: rows }, options);
    expect(failures).toEqual([]);
    expect(opportunities).toHaveLength(rows.length);
  });
});
