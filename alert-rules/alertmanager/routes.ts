import { durationText } from '../lib/duration.ts';
import { scaleSeconds } from '../lib/rule.ts';
import type { Yaml } from '../lib/yaml-text.ts';
import { type Alerting, NOBODY, type Route } from './alerting.ts';

/**
 * The routing tree: Watchdog, the routes as configured, then the default receiver, which an alert of a route with
 * `continue` reaches too. Critical alerts are told sooner and more often wherever they go.
 */
export function routeYaml(
  { watchdog_receiver, routes }: Alerting,
  defaultReceiver: string,
  durationFactor: number,
): Yaml {
  const wait = (seconds: number) => durationText(scaleSeconds(seconds, durationFactor));
  const urgent = { group_wait: wait(10), repeat_interval: wait(2 * 3600) };
  const rest: Route = { receiver: defaultReceiver, mute: [], continue: false };
  return {
    receiver: defaultReceiver,
    group_by: ['alertname', 'job', 'budget', 'tenant_id'],
    group_wait: wait(30),
    group_interval: wait(300),
    repeat_interval: wait(12 * 3600),
    routes: [
      {
        receiver: watchdog_receiver ?? NOBODY,
        matchers: ['alertname="Watchdog"'],
        ...(watchdog_receiver ? { group_interval: wait(60), repeat_interval: wait(300) } : {}),
      },
      ...[...routes, rest].flatMap((route) => branches(route, urgent)),
    ],
  };
}

/** A route, once for every set of labels that means it. */
function branches({ severity, mute, receiver, ...route }: Route, urgent: Record<string, Yaml>): Yaml[] {
  // A branch does not inherit the mute times of the one above it.
  const muted = mute.length > 0 ? { mute_time_intervals: mute } : {};
  const critical = 'severity="critical"';
  return subjects(route).map((subject) => {
    const matchers = [...(severity ? [`severity=${quoted(severity)}`] : []), ...subject];
    return {
      receiver,
      ...(matchers.length > 0 ? { matchers } : {}),
      ...muted,
      ...(severity === 'critical' ? urgent : {}),
      ...(route.continue ? { continue: true } : {}),
      ...(severity ? {} : { routes: [{ matchers: [critical], ...muted, ...urgent }] }),
    };
  });
}

/**
 * Matchers for whom an alert is about. An alert on a budget says it in `scope` and `scope_id`, the others in a label of
 * their own; no alert fits two of these, so none is told twice.
 */
function subjects({ team, tenant_id }: Pick<Route, 'team' | 'tenant_id'>): string[][] {
  if (team !== undefined && tenant_id !== undefined)
    return [[`team=${quoted(team)}`, `tenant_id=${quoted(tenant_id)}`]];
  if (team !== undefined) {
    const name = escaped(team);
    return [
      ...ownLabelOrScope('team', 'team', team),
      inScope('team', 'team\\+.+', `${name}/.+`),
      inScope('team', 'tenant\\+team(\\+.+)?', `[^/]+/${name}(/.+)?`),
    ];
  }
  if (tenant_id === undefined) return [[]];
  return [
    ...ownLabelOrScope('tenant_id', 'tenant', tenant_id),
    inScope('tenant_id', 'tenant\\+.+', `${escaped(tenant_id)}/.+`),
  ];
}

function ownLabelOrScope(label: string, scope: string, value: string): string[][] {
  return [
    [`${label}=${quoted(value)}`],
    [`${label}=""`, `scope=${quoted(scope)}`, `scope_id=${quoted(value)}`],
  ];
}

/** A budget on several things: the scope names them, tenant and team first, and `scope_id` says which, in that order. */
function inScope(label: string, scopes: string, ids: string): string[] {
  return [`${label}=""`, `scope=~${quoted(scopes)}`, `scope_id=~${quoted(ids)}`];
}

/** As a regular expression that fits it alone. */
function escaped(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** A matcher's value. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
