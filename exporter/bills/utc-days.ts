import type { BillWindow } from './bill.ts';

export const DAY_MS = 86_400_000;

/** `days` UTC days, the last of them the one of `nowMs`. */
export function trailingDays(nowMs: number, days: number): BillWindow {
  const toMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  return { fromMs: toMs - days * DAY_MS, toMs };
}

export function daysOf({ fromMs, toMs }: BillWindow): number[] {
  return Array.from({ length: (toMs - fromMs) / DAY_MS }, (_, index) => fromMs + index * DAY_MS);
}

export function isIn({ fromMs, toMs }: BillWindow, atMs: number): boolean {
  return atMs >= fromMs && atMs < toMs;
}
