import { AMOUNTS_PER_UNIT, type BudgetForecast, type BudgetUnit } from '../domain/budget.ts';
import { NANO_PER_USD } from '../domain/money.ts';
import type { Overview } from '../domain/overview.ts';

/** The page at `/`: what this is, live totals, links. No scripts; values are escaped. */
export function landingPage(overview: Overview): string {
  const { month, timeZone, budgets, opportunities } = overview;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="15">
<title>LLM Cost Exporter</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>LLM Cost Exporter <small>${escapeHtml(overview.version)}</small></h1>
<p>Prices LLM token usage, keeps it in a durable ledger and publishes it for Prometheus.</p>
${overview.notReadyBecause === undefined ? '' : `<p class="bad">Not ready: ${escapeHtml(overview.notReadyBecause)}</p>`}
<dl>
${figure('This month', usd(overview.monthToDateNanoUsd / NANO_PER_USD), `since ${day(month.startMs, timeZone)}, ${timeZone}`)}
${figure('Last 60 minutes', usd(overview.lastHourNanoUsd / NANO_PER_USD), 'by the time of the calls')}
${figure('Events in the ledger', overview.events.toLocaleString('en-US'), '')}
${figure('Calls without a price', overview.unpricedRequests.toLocaleString('en-US'), 'not in the cost', overview.unpricedRequests > 0)}
</dl>
${
  budgets.length === 0
    ? ''
    : table(
        'Budgets',
        ['Budget', 'Spent', 'Limit', 'Used', 'Forecast', 'Runs out'],
        budgets.map((status) => budgetRow(status, timeZone)),
      )
}
${
  opportunities.length === 0
    ? ''
    : table(
        'Ways to spend less',
        ['What', 'Where', 'USD a month'],
        opportunities
          .slice(0, 10)
          .map((found) => [found.advice, found.target, usd(found.savingsUsdPerMonth)]),
      )
}
<h2>Send usage</h2>
<pre>curl -H 'Content-Type: application/json' -d '{
  "id": "call-1", "provider": "openai", "model": "gpt-4o", "tenant_id": "acme",
  "usage": {"input_tokens": 1200, "output_tokens": 300}
}' http://127.0.0.1:10464/v1/usage</pre>
<p>Also: OpenTelemetry at /v1/traces, /v1/metrics and /v1/logs, LiteLLM's callback at /v1/litellm, providers' own responses
and streams at /v1/usage/{provider}, resources at /v1/resources.</p>
<h2>Look</h2>
<ul>
<li><a href="metrics">/metrics</a> for Prometheus</li>
<li><a href="api/v1/opportunities">/api/v1/opportunities</a> with their evidence</li>
<li><a href="-/ready">/-/ready</a> and <a href="-/healthy">/-/healthy</a></li>
</ul>
</main>
</body>
</html>
`;
}

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1a1c20}
main{max-width:56rem;margin:2rem auto;padding:0 1.5rem}
h1 small{font-weight:400;font-size:1rem;color:#5a6070}
h2{font-size:1.1rem;margin-top:2rem}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:1rem}
dl div{background:#fff;border-radius:.5rem;padding:1rem;box-shadow:0 1px 2px #0002}
dt,dd small{color:#5a6070;font-size:.85rem}
dd{margin:0;font-size:1.6rem}
dd small{display:block}
table{border-collapse:collapse;width:100%;background:#fff;border-radius:.5rem}
th,td{text-align:left;padding:.5rem .75rem;border-bottom:1px solid #e4e7ec}
td:nth-child(n+2),th:nth-child(n+2){font-variant-numeric:tabular-nums}
pre{background:#1a1c20;color:#f6f7f9;padding:1rem;border-radius:.5rem;overflow:auto}
.bad{color:#b3261e}
@media (prefers-color-scheme:dark){body{background:#15171b;color:#e8eaed}dl div,table{background:#1f2228}th,td{border-color:#333842}a{color:#8ab4f8}.bad{color:#f2b8b5}}
`;

function figure(name: string, value: string, note: string, bad = false): string {
  return `<div><dt>${escapeHtml(name)}</dt><dd${bad ? ' class="bad"' : ''}>${escapeHtml(value)}<small>${escapeHtml(note)}</small></dd></div>`;
}

function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th>${escapeHtml(text)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((text) => `<td>${escapeHtml(text)}</td>`).join('')}</tr>`)
    .join('\n');
  return `<h2>${escapeHtml(title)}</h2>\n<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

function budgetRow(status: Overview['budgets'][number], timeZone: string): string[] {
  const { definition, subject, spentAmount, limitAmount, usedRatio, forecast, exhaustion } = status;
  const show = (amount: number) => inUnit(definition.unit, amount / AMOUNTS_PER_UNIT[definition.unit]);
  return [
    subject === undefined ? definition.name : `${definition.name}: ${subject}`,
    show(spentAmount),
    show(limitAmount),
    `${(usedRatio * 100).toFixed(1)} %`,
    forecast === undefined ? 'too early' : expectation(forecast, show),
    exhaustion.midMs === undefined ? '' : day(exhaustion.midMs, timeZone),
  ];
}

/** `$920.00 ($870.00 – $990.00)`. */
function expectation({ endAmount }: BudgetForecast, show: (amount: number) => string): string {
  const middle = show(endAmount.mid);
  return 'lower' in endAmount ? `${middle} (${show(endAmount.lower)} – ${show(endAmount.upper)})` : middle;
}

function inUnit(unit: BudgetUnit, count: number): string {
  if (unit === 'usd') return usd(count);
  return `${count.toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit.replace('_', ' ')}`;
}

/** Two decimals, more for small sums: a cent is a lot of tokens. */
function usd(amount: number): string {
  const digits = Math.abs(amount) >= 1 || amount === 0 ? 2 : 6;
  return amount.toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: digits,
  });
}

function day(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(atMs);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
