import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { INHIBITIONS } from '../../alert-rules/alertmanager/inhibitions.ts';
import { alertCases } from '../../alert-rules/cases/index.ts';
import { buildAlertmanagerConfig } from '../../alert-rules/index.ts';
import { toolPath } from '../../scripts/tools.ts';
import { DEFAULT_THRESHOLDS, GENERATED_DIR } from './default-thresholds.ts';

const amtool = (...args: string[]) =>
  execFileSync(toolPath('amtool'), args, { encoding: 'utf8', stdio: 'pipe' });
const committed = join(GENERATED_DIR, 'alertmanager.yml');

describe('the example routing', () => {
  test('is accepted', () => {
    expect(amtool('check-config', committed)).toContain('SUCCESS');
  });

  test.each([
    [['alertname=Watchdog', 'severity=none'], 'null'],
    [['alertname=BudgetExceeded', 'severity=critical', 'tenant_id=acme'], 'webhook'],
    [['alertname=CostSpike', 'severity=warning', 'job=x'], 'webhook'],
  ])('sends %j to %s', (labels, receiver) => {
    expect(amtool('config', 'routes', 'test', `--config.file=${committed}`, ...labels).trim()).toBe(receiver);
  });
});

describe('a routing for a demonstration', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('waits less, notifies the given webhook, and is accepted', () => {
    const text = buildAlertmanagerConfig({
      webhookUrl: 'http://127.0.0.1:4321/hook',
      durationFactor: 1 / 60,
    });
    expect(parse(text)).toMatchObject({
      route: { group_wait: '1s', group_interval: '5s' },
      receivers: [
        { name: 'null' },
        { webhook_configs: [{ url: 'http://127.0.0.1:4321/hook', send_resolved: true }] },
      ],
    });
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, text);
    expect(amtool('check-config', file)).toContain('SUCCESS');
    writeFileSync(file, text.replace('receiver: webhook', 'receiver: nobody'));
    expect(() => amtool('check-config', file)).toThrow(/failed to validate/);
  });
});

describe('inhibitions', () => {
  type Labels = Readonly<Record<string, string>>;
  const seen: readonly Labels[] = alertCases(DEFAULT_THRESHOLDS).flatMap(({ alert, cases }) =>
    cases
      .flatMap((one) => one.expect.flatMap((step) => step.firing))
      .map(({ labels }) => ({ alertname: alert.alert, severity: alert.severity, ...labels })),
  );
  const matches = (labels: Labels, matchers: readonly string[]) =>
    matchers.every((matcher) => {
      const [, name, operator, value] = /^(\w+)(=~|!~|!=|=)"(.*)"$/.exec(matcher) ?? [];
      const whole = new RegExp(`^(?:${value})$`).test(labels[name!] ?? '');
      return operator!.startsWith('=') ? whole : !whole;
    });
  const mutes = (source: Labels, target: Labels) =>
    INHIBITIONS.some(
      (rule) =>
        matches(source, rule.source_matchers) &&
        matches(target, rule.target_matchers) &&
        rule.equal.every((name) => (source[name] ?? '') === (target[name] ?? '')),
    );

  const bare = { severity: 'critical' };
  test.each(INHIBITIONS)(
    'never go by absent labels alone: $equal',
    ({ source_matchers, target_matchers }) => {
      expect(matches({ ...bare, alertname: 'LLMCostExporterDown' }, source_matchers)).toBe(false);
      expect(matches({ ...bare, alertname: 'LLMCostExporterDown', instance: 'i' }, source_matchers)).toBe(
        false,
      );
      const targets = seen.filter((labels) => matches(labels, target_matchers));
      expect(targets.length).toBeGreaterThan(0);
      for (const labels of targets) expect(labels).toHaveProperty('job');
    },
  );

  test('compare labels that every alert on a budget carries', () => {
    const ofAllSubjects = ['BudgetSubjectsOverLimit', 'BudgetBlocking'];
    const budgetAlerts = seen.filter(
      (labels) => 'budget' in labels && !ofAllSubjects.includes(labels.alertname!),
    );
    expect(budgetAlerts.length).toBeGreaterThan(0);
    for (const labels of budgetAlerts) {
      for (const name of ['job', 'budget', 'scope', 'period']) expect(labels).toHaveProperty(name);
      expect('scope_id' in labels, JSON.stringify(labels)).toBe(labels.scope !== 'organization');
    }
  });

  const acme = { job: 'a', budget: 'tenant:acme', scope: 'tenant', scope_id: 'acme', period: 'month' };
  const exceeded = { alertname: 'BudgetExceeded', severity: 'critical', ...acme };
  const warning = { alertname: 'BudgetWarning', severity: 'warning', ...acme };
  const whole = { job: 'a', budget: 'organization', scope: 'organization', period: 'month' };
  const tenantCritical = { alertname: 'X', severity: 'critical', job: 'a', tenant_id: 'acme' };
  const tenantWarning = {
    alertname: 'UnexpectedTenantCost',
    severity: 'warning',
    job: 'a',
    tenant_id: 'acme',
  };
  const spike = { alertname: 'CostSpike', severity: 'warning', job: 'a' };
  const threshold = { alertname: 'BudgetThresholdReached', severity: 'info', threshold: '50', ...acme };
  const subjects = {
    alertname: 'BudgetSubjectsOverLimit',
    severity: 'warning',
    job: 'a',
    budget: acme.budget,
  };
  const foreign = { alertname: 'DiskFull', severity: 'warning' };
  const down = { alertname: 'LLMCostExporterDown', severity: 'critical' };
  test.each<[string, Labels, Labels, boolean]>([
    ['an overspent budget mutes its own warning', exceeded, warning, true],
    [
      'and that of the whole organisation its own',
      { ...exceeded, ...whole, scope_id: '' },
      { ...warning, ...whole, scope_id: '' },
      true,
    ],
    ['but not that of another budget', exceeded, { ...warning, budget: 'x' }, false],
    ['nor of another subject of the same budget', exceeded, { ...warning, scope_id: 'globex' }, false],
    ['nor of another job', exceeded, { ...warning, job: 'b' }, false],
    ['nor a critical one', exceeded, { ...warning, severity: 'critical' }, false],
    ['nor a spike', exceeded, spike, false],
    ['nor what has no label of ours', exceeded, foreign, false],
    ['an overspent budget mutes the thresholds it has passed', exceeded, threshold, true],
    ['but not those above its limit', exceeded, { ...threshold, threshold: '120' }, false],
    ['nor one just above it', exceeded, { ...threshold, threshold: '100.5' }, false],
    ['but one just below it', exceeded, { ...threshold, threshold: '99.999999' }, true],
    ['not those of another budget', exceeded, { ...threshold, budget: 'x' }, false],
    ['nor of another subject of the same', exceeded, { ...threshold, scope_id: 'globex' }, false],
    ['what burns mutes them too', { ...exceeded, alertname: 'BudgetBurnRateCritical' }, threshold, true],
    ['a warning mutes none', warning, { ...threshold, threshold: '90' }, false],
    ['one threshold does not mute another', threshold, { ...threshold, threshold: '80' }, false],
    ['nor a warning', threshold, warning, false],
    ['what is said of all subjects mutes none of them', subjects, threshold, false],
    ['and none of them mutes it', exceeded, subjects, false],
    ['a critical alert on a tenant mutes its warning', tenantCritical, tenantWarning, true],
    ['but not another tenant', tenantCritical, { ...tenantWarning, tenant_id: 'globex' }, false],
    ['nor a warning without a tenant', tenantCritical, spike, false],
    [
      'a critical alert without a tenant mutes no warning',
      { ...down, alertname: 'X', job: 'a' },
      spike,
      false,
    ],
    ['a job that is down mutes the rest of it', { ...down, job: 'a' }, exceeded, true],
    ['but not other jobs', { ...down, job: 'b' }, exceeded, false],
    ['nor itself', { ...down, job: 'a' }, { ...down, job: 'a', instance: 'i' }, false],
    ['nor the watchdog', { ...down, job: 'a' }, { alertname: 'Watchdog', job: 'a' }, false],
    ['no exporter anywhere mutes nothing', down, foreign, false],
    ['one replica that is down mutes no budget', { ...down, job: 'a', instance: 'i' }, exceeded, false],
    [
      'but its own sampler',
      { ...down, job: 'a', instance: 'i' },
      { alertname: 'SamplerDown', job: 'a', instance: 'i' },
      true,
    ],
  ])('%s', (_, source, target, muted) => {
    expect(mutes(source, target)).toBe(muted);
  });
});
