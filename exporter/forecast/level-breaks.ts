import { medianOf } from '../domain/order-statistics.ts';

const GAP_RATIO = 0.6;
const LONGEST_GAP_DAYS = 14;
/** A low level is taken for the new one only after so many days. */
const LASTING_DROP_DAYS = 12;
const DAYS_AROUND = 10;

/** In place: runs of low days that are over, or not long enough to be here to stay, get the level of before. */
export function fillGaps(base: Float64Array): void {
  for (let day = 7; day < base.length; day++) {
    if (base[day]! > 0.75 * Math.max(base[day - 1]!, base[day - 2]!)) continue;
    const level = medianOf(base.subarray(Math.max(0, day - 21), day));
    const low = GAP_RATIO * level;
    if (!(base[day]! < low)) continue;
    let end = day + 1;
    // One better day does not end a gap.
    while (end < base.length && Math.min(base[end]!, base[end + 1] ?? Infinity) < low) end++;
    const length = end - day;
    const longest = end < base.length ? LONGEST_GAP_DAYS : LASTING_DROP_DAYS - 1;
    if (length >= 2 && length <= longest) base.fill(level, day, end);
    day = end;
  }
}

const STEP_SCORE = 4;
const STEP_LOG = Math.log(1.25);

/** In place: what was before the step of the level that stands out most, if one does, is lifted over it. */
export function settleStep(base: Float64Array): void {
  const logs = logsOf(base);
  const changes = new Float64Array(Math.max(logs.length - 1, 1));
  for (let day = 1; day < logs.length; day++) changes[day - 1] = Math.abs(logs[day]! - logs[day - 1]!);
  const noise = Math.max(1.4826 * medianOf(changes), 0.02);
  let best = STEP_SCORE;
  let at = 0;
  let rise = 0;
  for (let day = 5; day <= logs.length - 2; day++) {
    const jump = logs[day]! - logs[day - 1]!;
    if (Math.abs(jump) < Math.max(0.4 * STEP_LOG, noise / 2)) continue;
    const after = logs.subarray(day, day + DAYS_AROUND);
    const before = logs.subarray(Math.max(0, day - DAYS_AROUND), day);
    const change = medianOf(after) - medianOf(before);
    if (Math.abs(change) < STEP_LOG || jump * change <= 0 || Math.abs(jump) < 0.4 * Math.abs(change))
      continue;
    const score = Math.abs(change) / (noise * Math.sqrt(1.5 / after.length + 1.5 / before.length));
    if (score < best) continue;
    best = score;
    at = day;
    rise = change;
  }
  for (let day = 0; day < at; day++) base[day]! *= Math.exp(rise);
}

/** In place: a day far above those around it counts as much as the highest usual one. */
export function capSpikes(base: Float64Array): void {
  const logs = logsOf(base);
  const middle = medianOf(logs);
  const far = Math.exp(Math.max(4 * 1.4826 * medianOf(logs.map((log) => Math.abs(log - middle))), 0.3));
  for (let day = 0; day < base.length; day++) {
    if (base[day]! < 1.2 * Math.max(base[day - 1] ?? 0, base[day + 1] ?? 0)) continue;
    const around = medianOf(base.subarray(Math.max(0, day - 7), day + 8));
    if (around > 0 && base[day]! > far * around) base[day] = far * around;
  }
}

/** Logarithms of days by their median; what is near nothing is no further away than 2 % of it. */
export function logsOf(base: Float64Array): Float64Array {
  const level = medianOf(base);
  return base.map((amount) => Math.log(amount / level + 0.02));
}
