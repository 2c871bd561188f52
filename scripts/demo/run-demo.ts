import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAlertmanagerConfig } from '../../alert-rules/index.ts';
import { BACKFILL_HOURS, backfill } from './backfill.ts';
import type { Children } from './children.ts';
import { budgetsAboutToBreak, demoConfig } from './demo-config.ts';
import { createHistory } from './history.ts';
import { runLiveTraffic } from './live-traffic.ts';
import { writeLocalRules } from './local-rules.ts';
import type { Progress } from './progress.ts';
import { prometheusPages } from './prometheus-pages.ts';
import { scrape, sumOfFamily } from './sender.ts';
import { requireFreePort, spawnExporter, startAlertmanager, startPrometheus, untilReady } from './stack.ts';
import { createTraffic } from './traffic.ts';
import { alertLine, type ReceivedAlert, startWebhookReceiver } from './webhook-receiver.ts';

export interface Demo {
  /** Everything that is written goes below it. */
  readonly dir: string;
  readonly ports: typeof DEMO_PORTS;
  readonly children: Children;
  readonly progress: Progress;
  /** How long the live traffic runs. */
  readonly seconds: number;
  readonly stop: AbortSignal;
}

/** The exporter's own port, and ports that a Prometheus and an Alertmanager of yours do not use. */
export const DEMO_PORTS = { exporter: 10464, prometheus: 19090, alertmanager: 19093 };
const CALLS_PER_SECOND = 1;
const SEED = 20_260_101;
/** Alerts wait for seconds instead of minutes. */
const ALERT_TIME_FACTOR = 1 / 60;
/** Live seconds until the organisation's budget warns. */
const WARNING_AFTER_SECONDS = 15;

/** Runs the whole demo; returns when its time is over or `stop` aborts. The caller stops the children. */
export async function runDemo({ dir, ports, children, progress, seconds, stop }: Demo): Promise<void> {
  const base = `http://127.0.0.1:${ports.exporter}`;
  for (const [owner, port] of Object.entries(ports)) await requireFreePort(port, owner);

  progress.say('1/4 starting the exporter');
  const configFile = join(dir, 'exporter.yaml');
  const startExporter = async (config: string) => {
    writeFileSync(configFile, config);
    const options = { configFile, dataDir: join(dir, 'ledger'), port: ports.exporter };
    const child = spawnExporter(children, options);
    await untilReady(child, `${base}/-/ready`);
    return child;
  };
  const first = await startExporter(demoConfig());

  progress.say(`2/4 posting the calls of the last ${BACKFILL_HOURS} hours`);
  const traffic = createTraffic(SEED, 'demo');
  const history = createHistory(join(dir, 'history.om'), `127.0.0.1:${ports.exporter}`);
  const calls = await backfill(base, traffic, history, Date.now(), CALLS_PER_SECOND, (share) => {
    stop.throwIfAborted();
    progress.show(`    ${Math.round(share * 100)} %`);
  });
  const exposition = await scrape(base);
  const costUsd = sumOfFamily(exposition, 'llm_cost_total');
  progress.say(`    ${calls.toLocaleString('en')} calls, $${costUsd.toFixed(2)}`);
  const soonUsd = (costUsd / calls) * CALLS_PER_SECOND * WARNING_AFTER_SECONDS;
  // With a restart and not with SIGHUP: Prometheus is to find what it knows already, not series that begin at 0.
  first.signal('SIGTERM');
  await first.exited;
  const exporter = await startExporter(demoConfig(budgetsAboutToBreak(exposition, soonUsd)));

  progress.say('3/4 starting Alertmanager and Prometheus');
  const alerts: ReceivedAlert[] = [];
  const webhook = await startWebhookReceiver((alert) => {
    alerts.push(alert);
    progress.say(alertLine(alert));
  });
  const alertmanager = await startAlertmanager(
    children,
    join(dir, 'alertmanager'),
    ports.alertmanager,
    buildAlertmanagerConfig({ webhookUrl: webhook.url, durationFactor: ALERT_TIME_FACTOR }),
  );
  history.writeBlocks(join(dir, 'prometheus', 'data'));
  const prometheus = await startPrometheus(children, join(dir, 'prometheus'), ports.prometheus, {
    exporter: `127.0.0.1:${ports.exporter}`,
    alertmanager: `127.0.0.1:${ports.alertmanager}`,
    ruleFiles: writeLocalRules(dir, ALERT_TIME_FACTOR),
    scrapeSeconds: 1,
  });

  const pages = await prometheusPages(`http://127.0.0.1:${ports.prometheus}`);
  progress.say(`4/4 live traffic${Number.isFinite(seconds) ? ` for ${seconds} s` : '; Ctrl-C ends it'}. Look at:
    exporter      ${base}/  and  ${base}/metrics
    graphs        ${pages.graph}
    alerts        ${pages.alerts}
    Alertmanager  http://127.0.0.1:${ports.alertmanager}/api/v2/alerts
Alerts wait a sixtieth of their usual time here. They are printed as Alertmanager sends them:`);
  const sent = await runLiveTraffic({
    base,
    traffic,
    callsPerSecond: CALLS_PER_SECOND,
    children: [exporter, alertmanager, prometheus],
    seconds,
    stop,
    alertsReceived: () => alerts.length,
    progress,
  });
  await webhook.close();
  progress.end();
  progress.say(summary(calls + sent, alerts));
}

function summary(calls: number, alerts: readonly ReceivedAlert[]): string {
  const names = [...new Set(alerts.filter((a) => a.status === 'firing').map((a) => a.labels.alertname))];
  const resolved = alerts.filter((alert) => alert.status === 'resolved').length;
  return `${calls.toLocaleString('en')} calls; ${alerts.length - resolved} alerts fired and ${resolved} resolved: ${names.sort().join(', ') || 'none'}`;
}
