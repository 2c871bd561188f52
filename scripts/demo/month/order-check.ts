import type { ReceivedAlert } from '../webhook-receiver.ts';

/** What has to arrive, in this order; any of the names will do. */
export const ORDER = [
  { what: 'the forecast', names: ['BudgetExhaustsBeforePeriodEnd', 'ForecastOverBudget'] },
  { what: 'the burn rate', names: ['BudgetBurnRateWarning', 'BudgetBurnRateCritical'] },
  { what: 'the warning', names: ['BudgetWarning'] },
  { what: 'the overrun', names: ['BudgetExceeded'] },
] as const;

/** An alert at the webhook, with the simulated time at which it began. */
export interface Arrival extends ReceivedAlert {
  readonly simulatedMs: number;
}

export interface OrderCheck {
  /** The first arrival of each part of the order. */
  readonly firsts: readonly { readonly what: string; readonly arrival: Arrival | undefined }[];
  /** What is not as it should be; empty if all is. */
  readonly problems: readonly string[];
}

/** `arrivals` in the order in which they came; `overrunMs`: when more was spent than the budget. */
export function checkOrder(arrivals: readonly Arrival[], overrunMs: number): OrderCheck {
  const firing = arrivals.filter(({ status }) => status === 'firing');
  const problems: string[] = [];
  let before: { readonly what: string; readonly at: number } | undefined;
  const firsts = ORDER.map(({ what, names }, index) => {
    const isOneOf = ({ labels }: Arrival) => (names as readonly string[]).includes(labels.alertname ?? '');
    const at = firing.findIndex(isOneOf);
    const arrival = firing[at];
    if (!arrival) {
      problems.push(`${what} (${names.join(' or ')}) did not arrive`);
      return { what, arrival };
    }
    if (before && at < before.at) problems.push(`${what} arrived before ${before.what}`);
    before = { what, at };
    const isLast = index === ORDER.length - 1;
    if (!isLast && arrival.simulatedMs >= overrunMs)
      problems.push(`${what} arrived after the budget was overrun`);
    if (isLast && arrival.simulatedMs < overrunMs)
      problems.push(`${what} arrived before the budget was overrun`);
    return { what, arrival };
  });
  const open = unresolved(arrivals).filter((name) => TO_RESOLVE.includes(name));
  return { firsts, problems: [...problems, ...open.map((name) => `the end of ${name} did not arrive`)] };
}

/** These end with the period. Alertmanager tells nothing of an end that comes while the alert is muted. */
const TO_RESOLVE: readonly string[] = ['BudgetWarning', 'BudgetExceeded'];

/** Names of alerts whose end did not arrive. */
export function unresolved(arrivals: readonly Arrival[]): string[] {
  const last = new Map<string, Arrival>();
  for (const arrival of arrivals) last.set(JSON.stringify(Object.entries(arrival.labels).sort()), arrival);
  return [...last.values()].flatMap(({ status, labels }) =>
    status === 'firing' ? [labels.alertname ?? ''] : [],
  );
}
