import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnomalyLog, severityOf } from '../../exporter/anomalies/index.ts';
import type { AnomalyCause } from '../../exporter/domain/anomaly.ts';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { expectation, START_MS, USD } from './given.ts';

const NOTHING = { info: 0, warning: 0, critical: 0 };
const hour = (index: number) => START_MS + index * HOUR_MS;
const newLog = (kept?: number) => new AnomalyLog({ minimumNanoUsd: USD, ...(kept && { kept }) });

/** One tenant's costs, hour by hour, in a band of 6 to 14 USD. */
function observed(usd: readonly number[], log = newLog()): AnomalyLog {
  usd.forEach((cost, index) => {
    log.observe([{ tenantId: 'acme', expectation: expectation(cost, index + 1) }], hour(index + 1));
  });
  return log;
}

describe('severity', () => {
  test.each([
    ['in the band', 14, 1, undefined],
    ['at its lower edge', 6, 1, undefined],
    ['out of it', 14.1, 1, 'info'],
    ['twice as far', 18, 1, 'warning'],
    ['less than twice as far', 17.9, 1, 'info'],
    ['twice as far for little money', 18, 1.7, 'info'],
    ['four times as far', 30, 1, 'critical'],
    ['four times as far, but no real money', 30, 1.1, 'warning'],
    ['nothing at all', 0, 1, 'info'],
  ])('%s', (_, usd, minimumUsd, severity) => {
    expect(severityOf(expectation(usd, 1), minimumUsd * USD)).toBe(severity);
  });
});

describe('the log', () => {
  test('has what began, with its worst moment, and when it ended', () => {
    expect(observed([10, 15, 40, 12]).anomalies).toMatchObject([
      {
        tenantId: 'acme',
        window: '1h',
        severity: 'critical',
        startedMs: hour(1),
        endedMs: hour(3),
        costNanoUsd: 40 * USD,
        score: 7.5,
        deviationRatio: 3,
        cause: undefined,
      },
    ]);
  });

  test('what hovers at the edge of the band is one anomaly', () => {
    const log = observed([15, 13.5, 14.5, 12.9, 15]);
    expect(log.anomalies).toMatchObject([{ startedMs: hour(0), endedMs: undefined, costNanoUsd: 15 * USD }]);
    expect(log.counts.get('acme')).toEqual({ ...NOTHING, info: 1 });
  });

  test('a drop after a spike is another one, and only worth an info', () => {
    const log = observed([40, 0]);
    expect(log.anomalies).toMatchObject([
      { severity: 'info', score: -2.5, deviationRatio: -1, endedMs: undefined },
      { severity: 'critical', endedMs: hour(1) },
    ]);
  });

  test('each severity is counted when it is first reached, and at first is 0', () => {
    expect([...newLog().counts]).toEqual([['', NOTHING]]);
    expect(observed([10]).counts.get('acme')).toEqual(NOTHING);
    expect(observed([15, 20, 15, 20, 10]).counts.get('acme')).toEqual({ info: 1, warning: 1, critical: 0 });
    expect(observed([40, 10, 40]).counts.get('acme')).toEqual({ ...NOTHING, critical: 2 });
  });

  test('only what begins or becomes worse is news', () => {
    const log = newLog();
    const news = [15, 16, 20, 19, 10].map(
      (usd, index) =>
        log.observe([{ tenantId: '', expectation: expectation(usd, index) }], hour(index)).length,
    );
    expect(news).toEqual([1, 0, 1, 0, 0]);
  });

  test('keeps its cause while it becomes worse and after', () => {
    const cause: AnomalyCause = { kind: 'model', value: 'o1', nanoUsd: 5, shareRatio: 1 };
    const log = observed([15]);
    log.explain({ tenantId: 'acme', window: '1h' }, cause);
    log.explain({ tenantId: 'nobody', window: '1h' }, cause);
    observed([16, 40, 10], log);
    expect(log.anomalies).toMatchObject([{ severity: 'critical', cause }]);
  });

  test('windows and tenants are apart; what is not watched any more is over', () => {
    const log = newLog();
    const seen = [
      { tenantId: 'a', expectation: expectation(40, 1) },
      { tenantId: 'a', expectation: expectation(40, 1, '1d') },
      { tenantId: 'b', expectation: expectation(40, 1) },
    ];
    log.observe(seen, hour(1));
    expect(log.anomalies).toHaveLength(3);
    log.observe(seen.slice(0, 2), hour(5));
    expect(log.anomalies.map(({ tenantId, window, endedMs }) => [tenantId, window, endedMs])).toEqual([
      ['a', '1h', undefined],
      ['a', '1d', undefined],
      ['b', '1h', hour(5)],
    ]);
  });

  test('an end without a middle to deviate from is infinite', () => {
    const log = newLog();
    const sparse = { ...expectation(10, 1), expected: { lower: 0, mid: 0, upper: USD }, score: 10 };
    expect(log.observe([{ tenantId: '', expectation: sparse }], hour(1))).toMatchObject([
      { deviationRatio: Number.POSITIVE_INFINITY },
    ]);
  });

  test('holds as many ended ones as it is told, the last', () => {
    const log = observed(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 40 + index : 10)),
      newLog(3),
    );
    expect(log.anomalies.map(({ costNanoUsd }) => costNanoUsd / USD)).toEqual([58, 56, 54]);
  });

  test('and the counts of a thousand tenants, the organisation among them', () => {
    const log = newLog();
    for (let index = 0; index < 1500; index++)
      log.observe([{ tenantId: `t${index}`, expectation: expectation(40, 1) }], hour(1));
    expect(log.counts.size).toBe(1000);
    expect(log.counts.has('')).toBe(true);
    expect(log.counts.has('t1499')).toBe(true);
    expect(log.counts.has('t0')).toBe(false);
  });
});

test('whatever the costs, one anomaly of a window lasts at a time, and counters only grow', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 40 }), (costs) => {
      const log = newLog();
      let before = NOTHING;
      costs.forEach((usd, index) => {
        log.observe([{ tenantId: '', expectation: expectation(usd, index + 1) }], hour(index + 1));
        const counts = log.counts.get('')!;
        for (const severity of ['info', 'warning', 'critical'] as const)
          expect(counts[severity]).toBeGreaterThanOrEqual(before[severity]);
        before = counts;
        expect(log.anomalies.filter(({ endedMs }) => endedMs === undefined).length).toBeLessThanOrEqual(1);
      });
      for (const { startedMs, endedMs, score } of log.anomalies) {
        expect(Math.abs(score)).toBeGreaterThan(1);
        if (endedMs !== undefined) expect(endedMs).toBeGreaterThan(startedMs);
      }
    }),
  );
});
