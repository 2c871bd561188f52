import { describe, expect, test } from 'vitest';
import { alertSpans } from '../../exporter/cli/backtest/alert-spans.ts';
import { EVALUATIONS } from './evaluations.ts';

const STEP_MS = 60_000;

/** `x` is an evaluation with a result, `.` one without. Spans are `pending-fired-resolved` in evaluations. */
function spansOf(results: string, holdSteps: number, keepSteps: number): string[] {
  const present = [...results].flatMap((result, at) => (result === 'x' ? [at * STEP_MS] : []));
  const grid = { startMs: 0, endMs: (results.length - 1) * STEP_MS, stepMs: STEP_MS };
  const rule = { holdMs: holdSteps * STEP_MS, keepFiringMs: keepSteps * STEP_MS };
  return alertSpans(present, grid, rule).map(({ pendingMs, firedMs, resolvedMs }) =>
    [pendingMs, firedMs, resolvedMs].map((ms) => (ms === undefined ? 'open' : ms / STEP_MS)).join('-'),
  );
}

describe('what Prometheus makes of results', () => {
  test.each(EVALUATIONS)('$results for=$hold keep=$keep: $because', ({ results, hold, keep, spans }) => {
    expect(spansOf(results, hold, keep)).toEqual(spans);
  });

  test('nothing of nothing', () => {
    expect(alertSpans([], { startMs: 0, endMs: -1, stepMs: 60_000 }, { holdMs: 0, keepFiringMs: 0 })).toEqual(
      [],
    );
  });
});
