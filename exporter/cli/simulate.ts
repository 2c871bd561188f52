import { type ModelSwap, whatIf } from '../app/what-if.ts';
import { SHARED_FLAGS, sharedConfig } from '../config/command-line.ts';
import type { Config } from '../config/schema.ts';
import { ConfigError } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { minuteText } from './durations.ts';
import { readFlags, readSpan } from './flags.ts';
import { createProgress } from './progress.ts';
import { simulateReport } from './simulate/simulate-report.ts';
import { readBudgets, readPrices, readSwaps } from './simulate/what-if-flags.ts';

const USAGE = `llm-cost-exporter simulate: what the calls of the ledger would have cost, and which budgets they would have used up

  --since <day|time>                 2026-10-01 (UTC), or a time with its offset
  --until <day|time>                 exclusive; now
  --model <p/model>=<p/model>        the first one's calls had been the second one's; 'openai/gpt-4*' is a prefix. Repeatable
  --price <p/model>:<meter>=<usd>,…  USD per million tokens of a model: openai/gpt-4o:input=2.5,output=10. Repeatable
  --budget <name>=<limit>            another limit of a budget, in its unit; of the organisation also without one. Repeatable
  --config <file.yaml>               prices, discounts and budgets of the simulation   LLM_COST_EXPORTER_CONFIG
  --data-dir <dir>                   where the ledger is (./data); only read           LLM_COST_EXPORTER_DATA_DIR
  --json                             for machines
  --help

Assumed is that another model takes the same tokens. What senders reported as the cost of a call stays as it is.
Exit codes: 0 done, 1 cannot run, 2 bad arguments or configuration.
`;

export const simulate: Command = async (args, edge) => {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  const flags = readFlags('simulate', args, {
    ...SHARED_FLAGS,
    since: text,
    until: text,
    model: texts,
    price: texts,
    budget: texts,
    json: flag,
    help: flag,
  });
  if (flags.help) {
    edge.stdout.write(USAGE);
    return 0;
  }
  const span = readSpan('simulate', flags, edge.nowMs);
  const shared = sharedConfig(flags, edge.environment);
  const config: Config = {
    ...shared.config,
    pricing: {
      ...shared.config.pricing,
      // Of two that fit as well the later one counts.
      models: [...shared.config.pricing.models, ...readPrices(flags.price ?? [])],
    },
    budgets: readBudgets(flags.budget ?? [], shared.config.budgets),
  };
  const swaps: readonly ModelSwap[] = readSwaps(flags.model ?? []);
  if (span.fromMs >= span.toMs) throw new ConfigError(['simulate: --since is not in the past']);
  const progress = createProgress(edge.stderr);
  try {
    const found = await whatIf({
      config,
      configFile: shared.configFile,
      swaps,
      ...span,
      stop: edge.stop,
      onProgress: (atMs) => progress.show(`reading the charges of ${minuteText(atMs)}`),
    });
    progress.end();
    const report = simulateReport(found, span);
    edge.stdout.write(flags.json ? `${JSON.stringify(report.json, undefined, 2)}\n` : report.text);
    return 0;
  } finally {
    progress.end();
  }
};
