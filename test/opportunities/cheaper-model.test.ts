import { describe, expect, it, test } from 'vitest';
import { cheaperModel } from '../../exporter/opportunities/cheaper-model.ts';

const MODELS = {
  'openai/gpt-4o': 'openai/gpt-4o-mini',
  'openai/gpt-4': 'openai/gpt-4o',
  'openai/gpt-4o-2024-05-13': 'openai/gpt-4o-2024-08-06',
  'anthropic/claude-sonnet-4-5': 'anthropic/claude-haiku-4-5',
  'openrouter/openai/gpt-4o': 'openrouter/openai/gpt-4o-mini',
};

describe('cheaperModel', () => {
  test.each([
    ['openai', 'gpt-4o', 'openai', 'gpt-4o-mini'],
    ['openai', 'gpt-4o-2024-08-06', 'openai', 'gpt-4o-mini'],
    ['openai', 'gpt-4o-2024-05-13', 'openai', 'gpt-4o-2024-08-06'],
    ['openai', 'gpt-4-0613', 'openai', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic', 'claude-haiku-4-5'],
    ['anthropic', 'claude-sonnet-4-5@20250929', 'anthropic', 'claude-haiku-4-5'],
    ['openrouter', 'openai/gpt-4o', 'openrouter', 'openai/gpt-4o-mini'],
  ])('%s/%s → %s/%s', (provider, model, cheaperProvider, cheaper) => {
    expect(cheaperModel(MODELS, provider, model)).toEqual({ provider: cheaperProvider, model: cheaper });
  });

  test.each([
    ['openai', 'gpt-4o-mini'],
    ['openai', 'gpt-4o-mini-2024-07-18'],
    ['openai', 'gpt-4o-audio-preview-2024-10-01'],
    ['openai', 'gpt-4o-2024-08-06-tuned'],
    ['openai', 'gpt-4o-2024-13-06'],
    ['openai', 'gpt-4o-9999'],
    ['openai', 'gpt-4o-'],
    ['openai', 'gpt-4.1'],
    ['openai', 'GPT-4o'],
    ['azure', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4'],
    ['anthropic', 'claude-sonnet-4-5-latest'],
    ['', ''],
  ])('%s/%s: none', (provider, model) => {
    expect(cheaperModel(MODELS, provider, model)).toBeUndefined();
  });

  test.each(['gpt-4o-mini', '/gpt-4o-mini', 'openai/'])('refuses %j as the cheaper model', (value) => {
    expect(() => cheaperModel({ 'openai/gpt-4o': value }, 'openai', 'gpt-4o')).toThrow(
      `opportunities.cheaper_models[openai/gpt-4o]: got ${value}, expected provider/model`,
    );
  });

  it('does not depend on the order of the keys', () => {
    const reversed = Object.fromEntries(Object.entries(MODELS).toReversed());
    for (const model of ['gpt-4o', 'gpt-4o-2024-05-13', 'gpt-4o-2024-08-06', 'gpt-4-0613']) {
      expect(cheaperModel(reversed, 'openai', model)).toEqual(cheaperModel(MODELS, 'openai', model));
    }
  });
});
