import * as units from '@grafana/grafana-foundation-sdk/units';
import { bars } from '../lib/bars.ts';
import { lines, stackedLines } from '../lib/graph.ts';
import { stat } from '../lib/stat.ts';
import { NEUTRAL } from '../lib/thresholds.ts';
import * as cost from '../queries/cost.ts';
import * as tokens from '../queries/tokens.ts';

/** Default of the alert HighCostPerRequest. */
const HIGH_USD_PER_REQUEST = 0.1;

export function costPerRequest() {
  return stat(
    {
      id: 14,
      title: 'Cost per request',
      description:
        'What calls cost, GPU-hours left out, by the number of calls in the time range. Unpriced calls are counted as calls but not as cost: see "Unpriced calls".',
      unit: units.Dollars,
      decimals: 4,
      width: 4,
      height: 5,
      noValue: 'no calls',
    },
    cost.usdPerRequest,
    { steps: ['green', [HIGH_USD_PER_REQUEST, 'red']] },
  );
}

const GRAPH = { width: 12, height: 8 } as const;

export function costPerRequestByModel() {
  return lines(
    {
      ...GRAPH,
      id: 41,
      title: 'Cost per request by model',
      description:
        'Only where there were calls. Unpriced calls lower it: they are counted, but cost nothing here.',
      unit: units.Dollars,
    },
    { '{{model}}': cost.usdPerRequestByModel },
  );
}

export function costPerMillionTokens() {
  return lines(
    {
      ...GRAPH,
      id: 42,
      title: 'Cost per million tokens by model',
      description:
        'What calls cost by all their tokens, cached ones included: it falls with a better cache, a cheaper tier or more input by output.',
      unit: units.Dollars,
    },
    { '{{model}}': cost.usdPerMillionTokensByModel },
  );
}

export function tokensByType() {
  return stackedLines(
    {
      ...GRAPH,
      id: 43,
      title: 'Tokens by type',
      description: 'Tokens per second. The types do not overlap, so the height of the stack is the total.',
      unit: units.Short,
    },
    { '{{token_type}}': tokens.tokensPerSecondByType },
  );
}

export function cacheReadShare() {
  return lines(
    {
      ...GRAPH,
      id: 44,
      title: 'Input read from the prompt cache',
      description: 'Share of all input tokens, by model. A model that never read from a cache is not shown.',
      unit: units.PercentUnit,
    },
    { '{{model}}': tokens.cacheReadShareByModel },
  ).max(1);
}

export function savings() {
  return bars(
    {
      ...GRAPH,
      id: 45,
      title: 'Saved, by what saved it',
      description:
        'USD over the time range that the prompt cache saved against uncached input, and service tiers against list prices.',
      unit: units.Dollars,
      decimals: 2,
    },
    '{{source}}',
    tokens.savedUsdBySource,
    ['green'],
  );
}

export function wasted() {
  return bars(
    {
      ...GRAPH,
      id: 46,
      title: 'Spent without a usable answer',
      description:
        'USD over the time range spent on calls that ended in an error, a timeout, a cancellation or a cut-off.',
      unit: units.Dollars,
      decimals: 2,
      noValue: 'none',
    },
    '{{reason}}',
    cost.wastedUsdByReason,
    NEUTRAL,
  );
}

export function callsByStatus() {
  return stackedLines(
    {
      ...GRAPH,
      id: 47,
      title: 'Calls by status',
      description: 'Calls per second, by how they ended as their sender reported it.',
      unit: units.CountsPerSecond,
    },
    { '{{status}}': cost.callsPerSecondByStatus },
  );
}

export function callDuration() {
  return lines(
    {
      ...GRAPH,
      id: 48,
      title: 'Call duration by model (p95)',
      description:
        'As the senders reported it; all tenants together. Calls sent without a duration are not in it.',
      unit: units.Seconds,
    },
    { '{{model}}': cost.callSecondsP95ByModel },
  );
}
