import { CATALOGUE, type Family } from '../../exporter/publish/catalogue.ts';

/** docs/metrics.md: the catalogue as a table. */
export function metricsPage(): string {
  return `# Metrics

Generated from \`exporter/publish/catalogue.ts\` by \`npm run generate\`. Names and labels are a promise to dashboards and rules.

A label without a value is absent. \`category\` is one of FinOps' cost categories (\`api_external\` for calls, \`gpu_compute\` for
GPU time). The token types do not overlap, so that a sum over them is a total. What is unknown (a budget without a loaded
sum, a reading that the device does not give, a forecast too early in the month) is absent, not 0.

Counters continue over restarts from the ledger. A new counter series is shown to a Prometheus at 0 first
([why](decisions/0001-zero-first-for-each-scraper.md)). Node's and the process's own metrics (\`process_*\`, \`nodejs_*\`) come
besides.

| metric | type | labels | meaning |
|---|---|---|---|
${[...CATALOGUE.values()].map(row).join('\n')}
`;
}

function row({ name, type, labels, help }: Family): string {
  const names = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${names || '–'} | ${help} |`;
}
