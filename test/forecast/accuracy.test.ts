import { describe, expect, it } from 'vitest';
import { evaluate } from '../../scripts/accuracy/evaluate.ts';
import { SERIES_KINDS, seededSubject } from '../../scripts/accuracy/seeded-series.ts';
import { summarize } from '../../scripts/accuracy/summary.ts';

// The record is docs/forecast-accuracy.md. Few seeds, and every fifth day: the margins are for that.
const SEEDS = [2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007];
const EVERY_DAYS = 5;

describe('the forecast of seeded months', () => {
  const points = SERIES_KINDS.flatMap((kind) =>
    SEEDS.flatMap((seed) => evaluate(seededSubject(kind, seed), EVERY_DAYS)),
  );
  const all = summarize(points);

  it('is closer to what comes than the run rate', () => {
    expect(all.forecasts).toBeGreaterThan(280);
    expect(all.againstRunRate).toBeLessThan(0.6);
  });

  it('holds what comes in nine of ten bands', () => {
    expect(all.coverageRatio).toBeGreaterThan(0.8);
    expect(all.coverageRatio).toBeLessThan(0.99);
  });

  it.each([
    ['trend', 0.6],
    ['weekly', 0.7],
    ['month_end', 0.4],
    ['launch_step', 0.75],
    ['holiday_gap', 0.9],
  ])('is closer for %s: at most %f of the run rate’s error', (kind, ratio) => {
    const summary = summarize(points.filter(({ subject }) => subject.kind === kind));
    expect(summary.againstRunRate).toBeLessThan(ratio);
  });

  it('says when a limit is reached, closer than the run rate', () => {
    expect(all.dateErrorDays).toBeLessThan(all.runRateDateErrorDays!);
    expect(all.dateCoverageRatio).toBeGreaterThan(0.75);
  });
});
