import { setTimeout as delay } from 'node:timers/promises';
import type { Firing } from '../../../exporter/cli/backtest/run-backtest.ts';

/** What happens at a simulated moment: alerts that begin or end, and lines to be told. */
interface Moment {
  readonly atMs: number;
  readonly alerts: readonly object[];
  readonly lines: readonly string[];
}

export interface PlayBackOptions {
  readonly firings: readonly Firing[];
  /** What is told beside them, by simulated time. */
  readonly remarks: readonly { readonly atMs: number; readonly line: string }[];
  readonly fromMs: number;
  readonly toMs: number;
  /** That the simulated time from `fromMs` to `toMs` takes. */
  readonly seconds: number;
  /** `http://host:port`. */
  readonly alertmanager: string;
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
  readonly show: (nowMs: number) => void;
}

const TICK_MS = 100;
/** Longer than any playback: an alert ends when it is said to. */
const LASTS_MS = 3_600_000;
/** What an alert began at, in simulated time. */
export const SIMULATED_AT = 'simulated_at';

/** Tells Alertmanager of the alerts as Prometheus would have told it, faster. */
export async function playBack(options: PlayBackOptions): Promise<void> {
  const { fromMs, toMs, seconds, alertmanager, stop, say, show } = options;
  const waiting = momentsOf(options);
  const startedMs = performance.now();
  while (!stop.aborted) {
    const share = (performance.now() - startedMs) / (seconds * 1000);
    const nowMs = fromMs + share * (toMs - fromMs);
    for (let next = waiting[0]; next && next.atMs <= nowMs; next = waiting[0]) {
      waiting.shift();
      for (const line of next.lines) say(line);
      await post(alertmanager, next.alerts);
    }
    if (share >= 1 && waiting.length === 0) return;
    show(Math.min(nowMs, toMs));
    await delay(TICK_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

function momentsOf({ firings, remarks, toMs }: PlayBackOptions): Moment[] {
  const moments: Moment[] = remarks.map(({ atMs, line }) => ({ atMs, alerts: [], lines: [line] }));
  for (const { labels, rule, firedMs, resolvedMs } of firings) {
    const alert = {
      labels,
      annotations: {
        summary: withLabels(rule.annotations.summary ?? '', labels),
        [SIMULATED_AT]: new Date(firedMs).toISOString(),
      },
    };
    moments.push({ atMs: firedMs, alerts: [{ ...alert, lastsMs: LASTS_MS }], lines: [] });
    if (resolvedMs !== undefined && resolvedMs <= toMs)
      moments.push({ atMs: resolvedMs, alerts: [{ ...alert, lastsMs: 0 }], lines: [] });
  }
  const byTime = Map.groupBy(moments, ({ atMs }) => atMs);
  return [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([atMs, all]) => ({
      atMs,
      alerts: all.flatMap(({ alerts }) => alerts),
      lines: all.flatMap(({ lines }) => lines),
    }));
}

async function post(alertmanager: string, alerts: readonly object[]): Promise<void> {
  if (alerts.length === 0) return;
  const now = Date.now();
  const body = alerts.map((alert) => {
    const { lastsMs, ...rest } = alert as { readonly lastsMs: number };
    return { ...rest, endsAt: new Date(now + lastsMs).toISOString() };
  });
  const response = await fetch(`${alertmanager}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
}

/** Of Prometheus's templates what summaries of budgets have: labels, as they are, and what is said only with one. */
function withLabels(text: string, labels: Readonly<Record<string, string>>): string {
  return text
    .replaceAll(/\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ end \}\}/g, (_, name: string, inner: string) =>
      labels[name] ? inner.replaceAll('{{ . }}', labels[name]) : '',
    )
    .replaceAll(/\{\{ \$labels\.(\w+)[^}]*\}\}/g, (_, name: string) => labels[name] ?? '');
}
