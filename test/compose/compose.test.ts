import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../exporter/config/schema.ts';
import { compose, containerPorts, mountsOf, ROOT, readYaml, services } from './compose-file.ts';

describe.each(services)('service %s', (name, service) => {
  test('runs a pinned image', () => {
    expect(service.image, name).toMatch(/^[a-z0-9/-]+:v?\d+\.\d+\.\d+$/);
  });

  test('has a healthcheck', () => {
    expect(service.healthcheck?.test[0]).toBe('CMD');
    const url = service.healthcheck?.test.join(' ').match(/http:\/\/127\.0\.0\.1:(\d+)/);
    expect(containerPorts(service), 'the healthcheck asks a port of the service').toContain(Number(url?.[1]));
  });

  test('has no more rights than it needs', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.user).not.toMatch(/^(root|0)(:|$)/);
    expect(service.user).toBeDefined();
    for (const key of ['privileged', 'cap_add', 'network_mode', 'pid', 'devices'])
      expect(service).not.toHaveProperty(key);
  });

  test('publishes its ports on this machine only', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
  });

  test('mounts what exists, read-only unless it is a volume of its own', () => {
    for (const { source, target, mode } of mountsOf(service)) {
      expect(target).toMatch(/^\//);
      if (source.startsWith('.')) {
        expect(existsSync(join(ROOT, source)), `${source} exists`).toBe(true);
        expect(mode, source).toBe('ro');
      } else {
        expect(compose.volumes, `volume ${source} is declared`).toHaveProperty(source);
      }
    }
  });

  test('is started after services that exist', () => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(compose.services[other]?.healthcheck, `${other} has a healthcheck to wait for`).toBeDefined();
      expect(condition).toBe('service_healthy');
    }
  });

  test('reads files that are mounted', () => {
    const named = [...(service.command ?? []), ...Object.values(service.environment ?? {})].flatMap(
      (argument) => argument.match(/\/\S+\.(ya?ml|json)$/)?.[0] ?? [],
    );
    for (const path of named) {
      const mount = mountsOf(service).find(({ target }) => path === target || path.startsWith(`${target}/`));
      expect(mount, `${path} is mounted`).toBeDefined();
      const local = join(ROOT, mount!.source, path.slice(mount!.target.length));
      expect(existsSync(local), `${local} exists`).toBe(true);
    }
  });
});

test('no two services publish the same port', () => {
  const published = services.flatMap(([, service]) => service.ports ?? []);
  expect(new Set(published).size).toBe(published.length);
});

/** `service:port` wherever one service of the stack addresses another. */
function expectReachable(address: string): void {
  const [, host = '', port = ''] = /^(?:http:\/\/)?([\w-]+):(\d+)(?:\/.*)?$/.exec(address) ?? [];
  const service = compose.services[host];
  expect(service, `${address}: service ${host}`).toBeDefined();
  expect(containerPorts(service!), `${address}: port of ${host}`).toContain(Number(port));
}

interface PrometheusConfig {
  rule_files: string[];
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
}
const prometheus = readYaml<PrometheusConfig>('deploy/compose/prometheus.yml');
const targetsOf = (configs: { static_configs: { targets: string[] }[] }[]) =>
  configs.flatMap((config) => config.static_configs.flatMap(({ targets }) => targets));

test('Prometheus scrapes ports that are there, the exporter under the job that the rules expect', () => {
  const others = prometheus.scrape_configs.filter(({ job_name }) => job_name !== 'prometheus');
  for (const target of targetsOf(others)) expectReachable(target);
  const exporter = prometheus.scrape_configs.find(({ job_name }) => job_name === 'llm-cost-exporter');
  expect(exporter && targetsOf([exporter])).toEqual(['exporter:10464']);
});

test('Prometheus sends alerts to the Alertmanager of the stack', () => {
  const targets = targetsOf(prometheus.alerting.alertmanagers);
  expect(targets).toHaveLength(1);
  for (const target of targets) expectReachable(target);
});

test('the rule files of Prometheus are the generated ones', () => {
  const rules = mountsOf(compose.services.prometheus!).find(({ target }) => target.endsWith('/rules'))!;
  expect(rules.source).toBe('./alert-rules/generated');
  const found = prometheus.rule_files.flatMap((pattern) =>
    globSync(pattern.replace(rules.target, join(ROOT, rules.source))).map((file) => file.split('/').at(-1)),
  );
  expect(found.sort()).toEqual(['llm-cost-alerts.yml', 'llm-cost-recording.yml']);
});

test('Grafana asks the Prometheus and the Alertmanager of the stack', () => {
  const { datasources } = readYaml<{ datasources: { url: string }[] }>(
    'grafana-dashboards/provisioning/datasources/prometheus.yaml',
  );
  expect(datasources.length).toBeGreaterThan(0);
  for (const { url } of datasources) expectReachable(url);
});

test('Grafana finds the dashboards where its provisioning looks for them', () => {
  const { providers } = readYaml<{ providers: { options: { path: string } }[] }>(
    'grafana-dashboards/provisioning/dashboards/llm-cost.yaml',
  );
  const mount = mountsOf(compose.services.grafana!).find(
    ({ target }) => target === providers[0]?.options.path,
  );
  expect(mount?.source).toBe('./grafana-dashboards/generated');
});

test('the traffic goes to the exporter, which listens where its port is published', () => {
  const [exporterUrl = '', webhook = ''] = compose.services.traffic?.command ?? [];
  expectReachable(exporterUrl);
  expectReachable(webhook.replace('0.0.0.0', 'traffic'));
  const command = compose.services.exporter?.command ?? [];
  const listen = command[command.indexOf('--listen') + 1] ?? '';
  expectReachable(listen.replace('0.0.0.0', 'exporter'));
  const dataDir = command[command.indexOf('--data-dir') + 1];
  expect(mountsOf(compose.services.exporter!).map(({ target }) => target)).toContain(dataDir);
});

test('the configuration of the exporter is valid', () => {
  const result = configSchema.safeParse(readYaml('deploy/compose/exporter.yaml'));
  expect(result.error?.issues ?? []).toEqual([]);
});

test('Alertmanager has the generated routing, with the webhook of the stack', () => {
  interface Config {
    route: object;
    inhibit_rules: object[];
    receivers: { webhook_configs?: { url: string }[] }[];
  }
  const ours = readYaml<Config>('deploy/compose/alertmanager.yml');
  const generated = readYaml<Config>('alert-rules/generated/alertmanager.yml');
  expect({ route: ours.route, inhibit_rules: ours.inhibit_rules }).toEqual({
    route: generated.route,
    inhibit_rules: generated.inhibit_rules,
  });
  const urls = ours.receivers.flatMap(({ webhook_configs = [] }) => webhook_configs.map(({ url }) => url));
  expect(urls).toHaveLength(1);
  for (const url of urls) expectReachable(url);
});
