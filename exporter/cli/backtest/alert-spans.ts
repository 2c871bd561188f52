/** When a rule is evaluated: at `startMs`, then every `stepMs` up to `endMs`. */
export interface EvaluationGrid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** One time that an alert fired. `resolvedMs` is absent where it still did at the end. */
export interface AlertSpan {
  /** The condition was first met. */
  readonly pendingMs: number;
  readonly firedMs: number;
  readonly resolvedMs: number | undefined;
}

/**
 * What Prometheus makes of one label set's results: pending at the first evaluation that has it, firing at the first one
 * `holdMs` (`for`) later if none between lacked it, resolved at the first that lacks it, or, with `keepFiringMs`
 * (`keep_firing_for`), at the first one that long after it if none between had it. Checked against rules/alerting.go.
 * `presentMs`: the evaluations with a result, ascending, all of them on the grid.
 */
export function alertSpans(
  presentMs: readonly number[],
  { startMs, endMs, stepMs }: EvaluationGrid,
  { holdMs, keepFiringMs }: { readonly holdMs: number; readonly keepFiringMs: number },
): AlertSpan[] {
  const spans: AlertSpan[] = [];
  let pendingMs: number | undefined;
  let firedMs: number | undefined;
  let absentSinceMs: number | undefined;
  let next = 0;
  for (let atMs = startMs; atMs <= endMs; atMs += stepMs) {
    if (presentMs[next] === atMs) {
      next += 1;
      absentSinceMs = undefined;
      pendingMs ??= atMs;
      if (firedMs === undefined && atMs - pendingMs >= holdMs) firedMs = atMs;
      continue;
    }
    if (pendingMs === undefined) continue;
    if (firedMs !== undefined) {
      absentSinceMs ??= atMs;
      if (keepFiringMs > 0 && atMs - absentSinceMs < keepFiringMs) continue;
      spans.push({ pendingMs, firedMs, resolvedMs: atMs });
    }
    pendingMs = firedMs = absentSinceMs = undefined;
  }
  if (pendingMs !== undefined && firedMs !== undefined)
    spans.push({ pendingMs, firedMs, resolvedMs: undefined });
  return spans;
}
