export interface EvaluationCase {
  /** One evaluation a character: `x` with a result, `.` without. */
  readonly results: string;
  /** `for` and `keep_firing_for` in evaluations. */
  readonly hold: number;
  readonly keep: number;
  /** `pending-fired-resolved`, in evaluations. */
  readonly spans: readonly string[];
  readonly because: string;
}

/** Held against the state machine here, and against a real one in test/e2e/backtest.test.ts. */
export const EVALUATIONS: readonly EvaluationCase[] = [
  { results: '.....', hold: 0, keep: 0, spans: [], because: 'no result, no alert' },
  { results: '..x..', hold: 0, keep: 0, spans: ['2-2-3'], because: 'without a wait it fires at once' },
  { results: '..xxx', hold: 0, keep: 0, spans: ['2-2-open'], because: 'what fires at the end is open' },
  { results: '.xxx.', hold: 3, keep: 0, spans: [], because: 'one evaluation short of the wait' },
  {
    results: '.xxxx.',
    hold: 3,
    keep: 0,
    spans: ['1-4-5'],
    because: 'fires when the wait has passed, not after it',
  },
  {
    results: '.xx.xxxx.',
    hold: 3,
    keep: 0,
    spans: ['4-7-8'],
    because: 'a gap while pending begins the wait anew',
  },
  { results: '.xx.x', hold: 1, keep: 5, spans: ['1-2-open'], because: 'kept over a gap, without a new wait' },
  {
    results: '.x....',
    hold: 0,
    keep: 3,
    spans: ['1-1-5'],
    because: 'kept for three, counted from the first absence',
  },
  {
    results: '.x..x....',
    hold: 0,
    keep: 3,
    spans: ['1-1-8'],
    because: 'a result in between begins the keeping anew',
  },
  { results: '.x...x.', hold: 0, keep: 3, spans: ['1-1-open'], because: 'a result just in time keeps it' },
  { results: '.x....x.', hold: 2, keep: 2, spans: [], because: 'what is pending is not kept' },
  {
    results: 'xx.....xx.',
    hold: 1,
    keep: 2,
    spans: ['0-1-4', '7-8-open'],
    because: 'after its end it waits again',
  },
  { results: 'x.x.x.', hold: 0, keep: 0, spans: ['0-0-1', '2-2-3', '4-4-5'], because: 'flapping' },
];
