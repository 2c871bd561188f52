import { expect, test } from 'vitest';
import { spawnExporter } from './support/spawn-exporter.ts';

test.each<[args: string[], code: number, stdout: RegExp, stderr: RegExp]>([
  [['backtest', '--help'], 0, /^llm-cost-exporter backtest: [\s\S]*--rules[\s\S]*--json/, /^$/],
  [['simulate', '--help'], 0, /^llm-cost-exporter simulate: [\s\S]*--model[\s\S]*same tokens/, /^$/],
  [['--help'], 0, /backtest --help[\s\S]*simulate --help/, /^$/],
  [
    ['serve'],
    2,
    /^$/,
    /^llm-cost-exporter: got "serve", expected a command \(backtest, simulate\) or a flag; try --help\n$/,
  ],
  [['toString'], 2, /^$/, /^llm-cost-exporter: got "toString", expected a command/],
  [
    ['backtest'],
    2,
    /^$/,
    /^llm-cost-exporter: backtest: --since is missing, expected a day such as 2026-10-01\n$/,
  ],
  [
    ['backtest', '--since', '2026-01-01', '--until', '2026-02-01'],
    2,
    /^$/,
    /^llm-cost-exporter: backtest: --rules is missing, expected a file of Prometheus rules\n$/,
  ],
  [
    ['backtest', '--since', '2026-01-01', '--until', '2026-02-01', '--rules', 'nowhere.yml'],
    2,
    /^$/,
    /^llm-cost-exporter: nowhere\.yml: cannot be read: ENOENT[^\n]*\n$/,
  ],
  [
    ['backtest', '--since', '2026-01-01', '--until', '2026-02-01', '--rules', 'x', '--step', '7m'],
    2,
    /^$/,
    /^llm-cost-exporter: backtest: --step is "7m", expected a part of an hour from 1s to 2m/,
  ],
  [
    [
      'backtest',
      '--since',
      '2026-01-01',
      '--until',
      '2026-02-01',
      '--rules',
      'alert-rules/generated/llm-cost-alerts.yml',
      '--alert',
      'Nope',
    ],
    2,
    /^$/,
    /^llm-cost-exporter: backtest: --alert is "Nope", expected one of BudgetExceeded, /,
  ],
  [
    ['simulate', '--since', '2026-01-01', '--until', '2026-02-01', '--data-dir', 'nowhere'],
    1,
    /^$/,
    /^llm-cost-exporter: no ledger at nowhere\/ledger\.sqlite\n$/,
  ],
])('%j', async (args, code, stdout, stderr) => {
  const ended = await spawnExporter(args).exited;
  expect(ended).toEqual({
    code,
    stdout: expect.stringMatching(stdout),
    stderr: expect.stringMatching(stderr),
  });
});
