import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BudgetRun, BudgetRuns } from '../budgets/budget-runs.ts';
import type { Config } from '../config/schema.ts';
import { type Charge, isReported, type Price } from '../domain/charge.ts';
import { METER } from '../domain/meters.ts';
import { type Period, periodAt } from '../domain/period.ts';
import { readCharges } from '../ledger/read-charges.ts';
import { createPricing } from '../pricing/index.ts';
import { budgetsInForce } from './budgets-in-force.ts';
import { pricingOptions } from './pricing-options.ts';

export type { BudgetRun };

/** Calls of `from` are taken to have been calls of `to`. Both are (provider, model); a model of `from` may end in `*`. */
export interface ModelSwap {
  readonly from: { readonly provider: string; readonly model: string };
  readonly to: { readonly provider: string; readonly model: string };
}

export interface WhatIfOptions {
  /** In force in the simulation: its prices and budgets. */
  readonly config: Config;
  readonly configFile: string | undefined;
  readonly swaps: readonly ModelSwap[];
  /** What is compared is `[fromMs, toMs)`; budgets count their whole periods. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stop: AbortSignal;
  readonly onProgress: (atMs: number) => void;
}

/** Charges of one tenant and one model. Costs in nano-USD. */
export interface Compared {
  readonly tenantId: string;
  readonly provider: string;
  readonly model: string;
  /** What the calls were simulated as. */
  readonly simulatedAs: string;
  readonly calls: number;
  /** Of calls with a price in the ledger and in the simulation. */
  readonly actualNanoUsd: number;
  readonly simulatedNanoUsd: number;
  /** Calls whose cost came with them and was kept; it is in both sums. */
  readonly reportedCalls: number;
  /** Calls without a price in the simulation, and what they cost by the ledger; in neither sum. */
  readonly unpricedCalls: number;
  readonly unpricedActualNanoUsd: number;
  /** Calls that only the simulation has a price for, and what they cost there; in neither sum. */
  readonly newlyPricedCalls: number;
  readonly newlyPricedNanoUsd: number;
}

export interface WhatIf {
  readonly compared: readonly Compared[];
  readonly budgets: readonly BudgetRun[];
  /** Budgets whose windows overlap are not simulated. */
  readonly rollingBudgets: readonly string[];
  readonly charges: number;
}

type Growing = { -readonly [field in keyof Compared]: Compared[field] };

/** Charges between turns of the event loop. */
const TURN_CHARGES = 20_000;

/** Prices the ledger's charges anew, the same tokens by other prices, and counts them against budgets. */
export async function whatIf(options: WhatIfOptions): Promise<WhatIf> {
  const { config, configFile, swaps, fromMs, toMs, stop, onProgress } = options;
  const pricing = createPricing(pricingOptions(config, configFile));
  const definitions = await budgetsInForce(config);
  const calendar = definitions.filter(({ period }) => period.kind !== 'rolling');
  const runs = new BudgetRuns(calendar, fromMs);
  const compared = new Map<string, Growing>();
  const begun = calendar.flatMap(({ period, timeZone, rollover }): Period[] => {
    const current = periodAt(period, fromMs, timeZone);
    return rollover ? [periodAt(period, current.startMs - 1, timeZone)] : [current];
  });
  const readFromMs = Math.min(fromMs, ...begun.map(({ startMs }) => startMs));
  let charges = 0;
  for (const charge of readCharges(config.data_dir, { fromMs: readFromMs, toMs })) {
    charges += 1;
    if (charges % TURN_CHARGES === 0) {
      await nextTurn();
      stop.throwIfAborted();
      onProgress(charge.event.timestampMs);
    }
    if (charge.event.timestampMs < fromMs) {
      runs.count(charge);
      continue;
    }
    const simulated = simulate(charge);
    count(charge, simulated);
    runs.count(simulated);
  }
  return {
    compared: [...compared.values()],
    budgets: runs.list(toMs),
    rollingBudgets: definitions.filter(({ period }) => period.kind === 'rolling').map(({ name }) => name),
    charges,
  };

  function simulate({ event, price }: Charge): Charge {
    if (price.kind === 'priced' && isReported(price.card)) return { event, price };
    const { dimensions } = event;
    const swap = swaps.find(({ from }) => isOf(dimensions, from));
    if (!swap) return { event, price: pricing.price(event) };
    // What another model was said to cost says nothing of this one.
    const swapped = { ...event, dimensions: { ...dimensions, ...swap.to }, reportedCostNanoUsd: undefined };
    return { event: swapped, price: pricing.price(swapped) };
  }

  function count({ event: { dimensions, quantities }, price }: Charge, simulated: Charge): void {
    const { tenant_id: tenantId, provider, model } = dimensions;
    const { provider: asProvider, model: asModel } = simulated.event.dimensions;
    const simulatedAs = `${asProvider}/${asModel}`;
    const key = [tenantId, provider, model, simulatedAs].join('\0');
    let one = compared.get(key);
    if (!one) {
      one = { ...NOTHING, tenantId, provider, model, simulatedAs };
      compared.set(key, one);
    }
    const calls = quantities[METER.request]!;
    const [before, after] = [costOf(price), costOf(simulated.price)];
    one.calls += calls;
    if (price.kind === 'priced' && isReported(price.card)) one.reportedCalls += calls;
    if (before !== undefined && after !== undefined) {
      one.actualNanoUsd += before;
      one.simulatedNanoUsd += after;
    } else if (after === undefined) {
      one.unpricedCalls += calls;
      one.unpricedActualNanoUsd += before ?? 0;
    } else {
      one.newlyPricedCalls += calls;
      one.newlyPricedNanoUsd += after;
    }
  }
}

const NOTHING = {
  calls: 0,
  actualNanoUsd: 0,
  simulatedNanoUsd: 0,
  reportedCalls: 0,
  unpricedCalls: 0,
  unpricedActualNanoUsd: 0,
  newlyPricedCalls: 0,
  newlyPricedNanoUsd: 0,
};

function costOf(price: Price): number | undefined {
  return price.kind === 'priced' ? price.costNanoUsd : undefined;
}

function isOf(
  { provider, model }: { readonly provider: string; readonly model: string },
  from: ModelSwap['from'],
): boolean {
  if (provider !== from.provider) return false;
  return from.model.endsWith('*') ? model.startsWith(from.model.slice(0, -1)) : model === from.model;
}
