import { yamlText } from '../lib/yaml-text.ts';
import { type Alerting, NOBODY, type Receiver } from './alerting.ts';
import { INHIBITIONS } from './inhibitions.ts';
import { muteTimeYaml } from './mute-times.ts';
import { receiverYaml } from './receivers.ts';
import { routeYaml } from './routes.ts';

export interface AlertmanagerOptions {
  /** Gets every notification, resolved ones too, where no receivers are configured. */
  readonly webhookUrl?: string;
  /** Multiplies every wait, for a demonstration. */
  readonly durationFactor?: number;
  readonly alerting?: Alerting;
  /** Of the mute times that have none of their own. */
  readonly timeZone?: string;
}

/**
 * An Alertmanager configuration for 0.25 and later: one message per alert, job, budget and tenant; critical ones sooner
 * and more often; Watchdog to nobody, until a dead man's switch takes it. It holds no secret, only paths of files.
 */
export function buildAlertmanagerConfig({
  webhookUrl = 'http://127.0.0.1:9099/alerts',
  durationFactor = 1,
  alerting = { receivers: [], routes: [], mute_times: [] },
  timeZone = 'UTC',
}: AlertmanagerOptions = {}): string {
  const example: Receiver = { name: 'webhook', webhook: { url: webhookUrl } };
  const receivers = alerting.receivers.length > 0 ? alerting.receivers : [example];
  const defaultReceiver = alerting.receiver ?? receivers[0]?.name ?? NOBODY;
  return yamlText(
    {
      route: routeYaml(alerting, defaultReceiver, durationFactor),
      ...(alerting.mute_times.length > 0
        ? { time_intervals: alerting.mute_times.map((muteTime) => muteTimeYaml(muteTime, timeZone)) }
        : {}),
      inhibit_rules: INHIBITIONS,
      receivers: [{ name: NOBODY }, ...receivers.map(receiverYaml)],
    },
    "Needs Alertmanager 0.25 or later. Receivers, routes and mute times come from the configuration's section alerting.",
  );
}
