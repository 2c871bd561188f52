import { AMOUNTS_PER_UNIT, type BudgetUnit } from '../domain/budget.ts';

/** An amount for people: `$12.34`, `1,200 tokens`, `3.5 GPU-hours`. Less than a cent is not shown as nothing. */
export function amountText(unit: BudgetUnit, amount: number): string {
  const units = amount / AMOUNTS_PER_UNIT[unit];
  if (unit === 'usd') {
    const size = Math.abs(units);
    const digits = size > 0 && size < 0.1 ? size.toPrecision(2) : size.toFixed(2);
    return `${units < 0 ? '-' : ''}$${digits}`;
  }
  if (unit === 'gpu_hours') return `${units.toLocaleString('en', { maximumFractionDigits: 1 })} GPU-hours`;
  return `${units.toLocaleString('en')} ${unit}`;
}
