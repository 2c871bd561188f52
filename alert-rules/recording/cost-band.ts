import { promql } from '../lib/promql.ts';
import type { RecordingRule } from '../lib/rule.ts';
import { TENANT_HOUR } from './cost.ts';

/** What an hour of a tenant usually costs, and from where to where. */
interface CostBand {
  readonly mid: RecordingRule;
  readonly upper: RecordingRule;
  readonly lower: RecordingRule;
  /** In the order of evaluation. */
  readonly rules: readonly RecordingRule[];
}

const HOUR = TENANT_HOUR.record;
const LABELS = ['job', 'tenant_id'];
/** Every ten minutes: the sum of an hour moves no faster, and a quantile sorts what it is given. */
const DAY = `${HOUR}[1d:10m]`;
/** Two hours around now, a day and a week ago: a recorded hour is one that has ended. */
const SAME_TIME = [`${HOUR}[2h] offset 23h`, `${HOUR}[2h] offset 167h`] as const;
/** However steady a tenant is, up to half as much again is nothing. */
const MARGIN = 0.5;

interface Kind {
  readonly name: 'adaptive' | 'robust';
  /** The middle of a range of recorded hours. */
  readonly middleOf: (range: string) => string;
  /** How far from there the last day went, without what is rare. */
  readonly spread: string;
  readonly midComment: string;
  readonly spreadComment: string;
}

function costBand({ name, middleOf, spread, midComment, spreadComment }: Kind): CostBand {
  const mid: RecordingRule = {
    record: `tenant:llm_cost:band_mid_${name}`,
    labels: LABELS,
    comment: midComment,
    expr: promql`
      ${middleOf(DAY)}
      and on (job, tenant_id)
      last_over_time(${HOUR}[1h] offset 1d)`,
  };
  const width: RecordingRule = {
    record: `tenant:llm_cost:band_spread_${name}`,
    labels: LABELS,
    comment: spreadComment,
    expr: spread,
  };
  const bound = (pick: 'max' | 'min', sign: '+' | '-', margin: number) => {
    const candidates = [
      `(${mid.record} ${sign} ${width.record})`,
      `${margin} * ${mid.record}`,
      ...SAME_TIME.map((range) => `${margin} * ${middleOf(range)}`),
    ];
    // "or" takes one of several with the same labels, so each gets one of its own first.
    const told = candidates.map((expr, index) => `label_replace(${expr}, "of", "${index}", "job", ".*")`);
    return `${pick} by (job, tenant_id) (\n  ${told.join('\n  or\n  ')}\n)\nand on (job, tenant_id) ${mid.record}`;
  };
  const upper: RecordingRule = {
    record: `tenant:llm_cost:band_upper_${name}`,
    labels: LABELS,
    comment: `The largest of: the middle and the spread, half as much again as the middle, and half as much again as at this time a
day and a week ago, where there is one.`,
    expr: bound('max', '+', 1 + MARGIN),
  };
  const lower: RecordingRule = {
    record: `tenant:llm_cost:band_lower_${name}`,
    labels: LABELS,
    comment: 'The smallest of the same below it, with half as much; not below 0.',
    expr: `clamp_min(\n${bound('min', '-', 1 - MARGIN)},\n0)`,
  };
  return { mid, upper, lower, rules: [mid, width, upper, lower] };
}

export const ADAPTIVE_BAND: CostBand = costBand({
  name: 'adaptive',
  middleOf: (range) => `avg_over_time(${range})`,
  spread: `2 * stddev_over_time(${DAY})`,
  midComment: `USD of a usual hour by tenant: the mean of the last day. It follows what is new within a day, spikes too. Absent
until the tenant was seen a day ago. From the recorded hours: the usage series themselves are too many.`,
  spreadComment: 'Two standard deviations.',
});

export const ROBUST_BAND: CostBand = costBand({
  name: 'robust',
  middleOf: (range) => `quantile_over_time(0.5, ${range})`,
  spread: `1.5 * (quantile_over_time(0.75, ${DAY}) - quantile_over_time(0.25, ${DAY}))`,
  midComment: 'The same by the median, which spikes of less than half a day do not move.',
  spreadComment: `Three times half the distance between the quartiles of the day, which spikes of less than six hours do not move: where
the day is symmetric, that half is the median absolute deviation (MAD), and it needs no second day, as deviations from a
recorded median would.`,
});
