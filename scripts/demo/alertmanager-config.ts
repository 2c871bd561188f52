import { parse, stringify } from 'yaml';

interface Route {
  group_wait?: string;
  group_interval?: string;
  mute_time_intervals?: string[];
  active_time_intervals?: string[];
  routes?: Route[];
}

interface Receiver {
  name: string;
  webhook_configs?: { url: string; send_resolved: boolean }[];
}

/**
 * The generated routing with every receiver that tells somebody replaced by the webhook at `url`. Groups are sent
 * after one second, and nights and weekends are not muted: somebody is looking.
 */
export function localAlertmanagerConfig(generated: string, url: string): string {
  const config = parse(generated) as { route: Route; receivers: Receiver[] };
  hasten(config.route);
  config.receivers = config.receivers.map((receiver) =>
    Object.keys(receiver).length > 1
      ? { name: receiver.name, webhook_configs: [{ url, send_resolved: true }] }
      : receiver,
  );
  return stringify(config);
}

function hasten(route: Route): void {
  route.group_wait = '1s';
  route.group_interval = '1s';
  delete route.mute_time_intervals;
  delete route.active_time_intervals;
  for (const inner of route.routes ?? []) hasten(inner);
}
