import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toolPath } from '../../scripts/tools.ts';
import { tempDir } from '../support/temp-dir.ts';
import { DOCUMENTED, routingOf } from './documented-alerting.ts';

const amtool = (...args: string[]) =>
  execFileSync(toolPath('amtool'), args, { encoding: 'utf8', stdio: 'pipe' });

function written(text: string): string {
  const file = join(tempDir(), 'alertmanager.yml');
  writeFileSync(file, text);
  return file;
}

const receiversOf = (file: string, labels: Readonly<Record<string, string>>) =>
  amtool(
    'config',
    'routes',
    'test',
    `--config.file=${file}`,
    ...Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
  ).trim();

describe('the routing of docs/alerting.md', () => {
  const text = routingOf(DOCUMENTED);

  test('is accepted, with all four ways to tell', () => {
    const said = amtool('check-config', written(text));
    expect(said).toContain('SUCCESS');
    expect(said).toContain('6 receivers');
    const { receivers } = parse(text) as { receivers: object[] };
    const ways = receivers.flatMap((receiver) => Object.keys(receiver));
    expect(ways).toEqual(
      expect.arrayContaining(['webhook_configs', 'slack_configs', 'email_configs', 'pagerduty_configs']),
    );
  });

  const budget = (scope: string, scope_id = '') => ({ budget: 'b', scope, scope_id, period: 'month' });
  const critical = { severity: 'critical', job: 'a' };
  const warning = { severity: 'warning', job: 'a' };
  test.each<[string, Record<string, string>, string]>([
    ['no match', { alertname: 'CostSpike', ...warning }, 'finops'],
    ['no match, critical', { alertname: 'LedgerFailing', ...critical }, 'oncall,finops'],
    [
      'the organisation',
      { alertname: 'BudgetExceeded', ...critical, ...budget('organization') },
      'oncall,finops',
    ],
    ['the watchdog', { alertname: 'Watchdog', severity: 'none' }, 'deadman'],
    ['the watchdog, were it critical', { alertname: 'Watchdog', severity: 'critical' }, 'deadman'],
    ['a tenant', { alertname: 'UnexpectedTenantCost', ...warning, tenant_id: 'acme' }, 'acme'],
    ['a tenant, critical', { alertname: 'X', ...critical, tenant_id: 'acme' }, 'oncall,acme'],
    ['its budget', { alertname: 'BudgetWarning', ...warning, ...budget('tenant', 'acme') }, 'acme'],
    [
      'its budget, critical',
      { alertname: 'BudgetExceeded', ...critical, ...budget('tenant', 'acme') },
      'oncall,acme',
    ],
    ['another tenant', { alertname: 'UnexpectedTenantCost', ...warning, tenant_id: 'acme2' }, 'finops'],
    [
      'a budget that is called the same',
      { alertname: 'BudgetWarning', ...warning, ...budget('user', 'acme') },
      'finops',
    ],
    ['a team', { alertname: 'CostSpike', ...warning, team: 'search' }, 'search'],
    ['its budget', { alertname: 'BudgetWarning', ...warning, ...budget('team', 'search') }, 'search'],
    ['its budget for a model', { ...warning, ...budget('team+model', 'search/gpt-4o') }, 'search'],
    [
      'its budget in a tenant',
      { ...warning, ...budget('tenant+team+model', 'globex/search/gpt-4o') },
      'search',
    ],
    ["a tenant's budget for a team", { ...warning, ...budget('tenant+team', 'acme/search') }, 'acme'],
    ["a tenant's budget for each user", { ...warning, ...budget('tenant+user', 'acme/bob') }, 'acme'],
    ["another tenant's", { ...warning, ...budget('tenant+user', 'acme2/acme') }, 'finops'],
    ['a team that is called the same', { ...warning, ...budget('tenant+model', 'globex/search') }, 'finops'],
    ['a team, critical', { alertname: 'CostSpike', ...critical, team: 'search' }, 'oncall,search'],
    ['a tenant before a team', { alertname: 'X', ...warning, tenant_id: 'acme', team: 'search' }, 'acme'],
    ['an alert of others', { alertname: 'DiskFull' }, 'finops'],
  ])('%s: %j goes to %s', (_, labels, receivers) => {
    expect(receiversOf(written(text), labels)).toBe(receivers);
  });

  test('keeps waits and mute times on the critical branch of a route', () => {
    const { route } = parse(text) as {
      route: { routes: { matchers?: string[]; routes?: object[]; mute_time_intervals?: string[] }[] };
    };
    const search = route.routes.filter(({ matchers = [] }) => matchers.some((one) => one.includes('search')));
    expect(search).toHaveLength(4);
    for (const branch of search) {
      expect(branch.mute_time_intervals).toEqual(['nights', 'weekends']);
      expect(branch.routes).toEqual([
        {
          matchers: ['severity="critical"'],
          mute_time_intervals: ['nights', 'weekends'],
          group_wait: '10s',
          repeat_interval: '2h',
        },
      ]);
    }
  });
});

describe('routes', () => {
  const receivers = ['a', 'b', 'rest'].map((name) => ({ name, webhook: { url: 'http://h/x' } }));
  const file = (routes: object[]) =>
    written(routingOf({ alerting: { receiver: 'rest', receivers, routes } }));

  test('a copy does not keep an alert from anyone, nor tell anyone twice', () => {
    const copies = file([{ tenant_id: 'acme', receiver: 'a', continue: true }]);
    const both = { severity: 'warning', tenant_id: 'acme', scope: 'tenant', scope_id: 'acme' };
    expect(receiversOf(copies, both)).toBe('a,rest');
    expect(receiversOf(copies, { ...both, tenant_id: '' })).toBe('a,rest');
    expect(receiversOf(copies, { severity: 'critical', tenant_id: 'acme' })).toBe('a,rest');
  });

  test('all labels of a route have to fit', () => {
    const narrow = file([
      { severity: 'warning', tenant_id: 'acme', team: 'search', receiver: 'a' },
      { severity: 'critical', tenant_id: 'acme', receiver: 'b' },
    ]);
    expect(receiversOf(narrow, { severity: 'warning', tenant_id: 'acme', team: 'search' })).toBe('a');
    expect(receiversOf(narrow, { severity: 'warning', tenant_id: 'acme' })).toBe('rest');
    expect(receiversOf(narrow, { severity: 'critical', scope: 'tenant', scope_id: 'acme' })).toBe('b');
  });

  test.each([
    ['info', 'a'],
    ['warning', 'b'],
    ['critical', 'rest'],
  ])('a route for a severity takes no other: %s goes to %s', (severity, receiver) => {
    const bySeverity = file([
      { severity: 'info', receiver: 'a' },
      { severity: 'warning', receiver: 'b' },
    ]);
    expect(amtool('check-config', bySeverity)).toContain('SUCCESS');
    expect(receiversOf(bySeverity, { alertname: 'BudgetThresholdReached', severity })).toBe(receiver);
  });

  test('may go to nobody', () => {
    expect(receiversOf(file([{ severity: 'warning', receiver: 'null' }]), { severity: 'warning' })).toBe(
      'null',
    );
  });

  test.each(['a"b', 'a\\b', 'a,b}', 'ä =~ ".*"', '{x="y"}'])(
    'take a tenant called %s by its name',
    (tenant_id) => {
      const odd = file([{ tenant_id, receiver: 'a' }]);
      expect(amtool('check-config', odd)).toContain('SUCCESS');
      expect(receiversOf(odd, { tenant_id })).toBe('a');
      expect(receiversOf(odd, { tenant_id: `${tenant_id}x` })).toBe('rest');
    },
  );
});

describe('mute times', () => {
  const interval = (muteTime: object, time_zone = 'UTC') => {
    const text = routingOf({ time_zone, alerting: { mute_times: [{ name: 'm', ...muteTime }] } });
    expect(amtool('check-config', written(text))).toContain('SUCCESS');
    return (parse(text) as { time_intervals: [{ time_intervals: object[] }] }).time_intervals[0]
      .time_intervals;
  };
  const span = (start_time: string, end_time: string) => ({ times: [{ start_time, end_time }] });

  test.each<[string, object, object[]]>([
    ['a day', { times: [{ from: '09:00', to: '17:30' }] }, [{ ...span('09:00', '17:30') }]],
    [
      'a night',
      { times: [{ from: '20:00', to: '07:00' }] },
      [span('20:00', '24:00'), span('00:00', '07:00')],
    ],
    ['up to midnight', { times: [{ from: '20:00', to: '00:00' }] }, [span('20:00', '24:00')]],
    ['up to 24:00', { times: [{ from: '00:00', to: '24:00' }] }, [span('00:00', '24:00')]],
    ['a weekend', { weekdays: ['saturday', 'sunday'] }, [{ weekdays: ['saturday', 'sunday'] }]],
    [
      'the nights after two days',
      { weekdays: ['friday', 'sunday'], times: [{ from: '22:00', to: '06:00' }] },
      [
        { weekdays: ['friday', 'sunday'], ...span('22:00', '24:00') },
        { weekdays: ['saturday', 'monday'], ...span('00:00', '06:00') },
      ],
    ],
  ])('%s', (_, muteTime, expected) => {
    expect(interval(muteTime)).toEqual(expected.map((one) => ({ ...one, location: 'UTC' })));
  });

  test.each([
    ['its own zone', 'Asia/Tokyo', 'UTC', 'Asia/Tokyo'],
    ['the zone of the whole configuration', undefined, 'Europe/Berlin', 'Europe/Berlin'],
    ['a zone as its file is spelt', 'europe/berlin', 'UTC', 'Europe/Berlin'],
  ])('%s', (_, own, whole, location) => {
    const muteTime = { weekdays: ['monday'], ...(own ? { time_zone: own } : {}) };
    expect(interval(muteTime, whole)).toEqual([{ weekdays: ['monday'], location }]);
  });
});
