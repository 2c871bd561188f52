import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { EXTERNAL_METRICS } from '../../grafana-dashboards/queries/external-metrics.ts';
import {
  ALL_TARGETS,
  type DashboardJson,
  dashboards,
  panelsOf,
  queryOf,
  targetsOf,
  type VariableJson,
} from './built.ts';

/**
 * The rules of grafana/dashboard-linter, by its names, and each one's own way to break it.
 * `target-promql-rule` and the parsing half of `template-label-promql-rule` are in promql.test.ts.
 */
interface Rule {
  readonly name: string;
  readonly faults: (dashboard: DashboardJson) => string[];
  readonly broken: (dashboard: DashboardJson) => void;
}

/** The units in use, each one of the linter's list. A new unit is looked up there and added here. */
const UNITS = [
  'currencyUSD',
  'short',
  'percent',
  'percentunit',
  'bytes',
  's',
  'cps',
  'dateTimeAsIso',
  'dateTimeFromNow',
  'watt',
  'celsius',
];

const variable = (dashboard: DashboardJson, name: string) =>
  dashboard.templating.list.find((candidate) => candidate.name === name);

function targetVariableFaults(dashboard: DashboardJson, name: string, label: string): string[] {
  const {
    type,
    datasource,
    multi,
    allValue,
    label: actual,
  } = variable(dashboard, name) ?? ({} as VariableJson);
  const right =
    type === 'query' && datasource?.uid === '$datasource' && multi && allValue === '.+' && actual === label;
  return right ? [] : [name];
}

const selectorsOf = (expr: string) => [...expr.matchAll(/(\w+)(?:\{([^}]*)\})/g)];

function matcherFaults(dashboard: DashboardJson, matcher: string): string[] {
  return targetsOf(dashboard).flatMap(({ expr, where }) =>
    selectorsOf(expr)
      .filter(([, , matchers]) => !matchers!.split(',').includes(matcher))
      .map(([selector]) => `${where}: ${selector}`),
  );
}

const replaceInFirst = (pattern: RegExp, replacement: string) => (dashboard: DashboardJson) => {
  const target = panelsOf(dashboard)
    .flatMap(({ targets }) => targets ?? [])
    .find(({ expr }) => pattern.test(expr))!;
  target.expr = target.expr.replace(pattern, replacement);
};

const RULES: readonly Rule[] = [
  {
    name: 'template-datasource-rule',
    faults: ({ templating }) => {
      const sources = templating.list.filter(({ type }) => type === 'datasource');
      const [only] = sources;
      return sources.length === 1 && only?.name === 'datasource' && only.label === 'Data source'
        ? []
        : ['datasource'];
    },
    broken: (dashboard) => {
      variable(dashboard, 'datasource')!.label = 'Prometheus';
    },
  },
  {
    name: 'template-job-rule',
    faults: (dashboard) => targetVariableFaults(dashboard, 'job', 'Job'),
    broken: (dashboard) => {
      variable(dashboard, 'job')!.allValue = '.*';
    },
  },
  {
    name: 'template-instance-rule',
    faults: (dashboard) => targetVariableFaults(dashboard, 'instance', 'Instance'),
    broken: (dashboard) => {
      variable(dashboard, 'instance')!.multi = false;
    },
  },
  {
    name: 'template-label-promql-rule',
    faults: ({ templating }) =>
      templating.list
        .filter(
          ({ type, ...rest }) =>
            type === 'query' && !/^label_values\(.+, \w+\)$/.test(queryOf({ type, ...rest })),
        )
        .map(({ name }) => name),
    broken: (dashboard) => {
      variable(dashboard, 'job')!.query = 'label_vales(up, job)';
    },
  },
  {
    name: 'template-on-time-change-reload-rule',
    faults: ({ templating }) =>
      templating.list
        .filter(({ type, refresh }) => type === 'query' && refresh !== 2)
        .map(({ name }) => name),
    broken: (dashboard) => {
      variable(dashboard, 'job')!.refresh = 1;
    },
  },
  {
    name: 'panel-datasource-rule',
    faults: (dashboard) =>
      panelsOf(dashboard)
        .filter(({ datasource }) => datasource?.uid !== '$datasource')
        .map(({ title }) => title),
    broken: (dashboard) => {
      panelsOf(dashboard)[0]!.datasource = { uid: 'prometheus' };
    },
  },
  {
    name: 'panel-title-description-rule',
    faults: (dashboard) =>
      panelsOf(dashboard)
        .filter(({ title, description }) => !title || !description)
        .map(({ id }) => String(id)),
    broken: (dashboard) => {
      panelsOf(dashboard)[0]!.title = '';
    },
  },
  {
    name: 'panel-units-rule',
    faults: (dashboard) =>
      panelsOf(dashboard).flatMap(({ title, fieldConfig }) => {
        const overrides = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
          properties.filter(({ id }) => id === 'unit').map(({ value }) => value),
        );
        return [fieldConfig?.defaults.unit, ...overrides]
          .filter((unit) => !UNITS.includes(String(unit)))
          .map((unit) => `${title}: ${unit}`);
      }),
    broken: (dashboard) => {
      panelsOf(dashboard)[0]!.fieldConfig!.defaults.unit = 'dollars';
    },
  },
  {
    name: 'panel-no-targets-rule',
    faults: (dashboard) =>
      panelsOf(dashboard)
        .filter(({ targets }) => !targets?.length)
        .map(({ title }) => title),
    broken: (dashboard) => {
      panelsOf(dashboard)[0]!.targets = [];
    },
  },
  {
    name: 'target-job-rule',
    faults: (dashboard) => matcherFaults(dashboard, 'job=~"$job"'),
    broken: replaceInFirst(/job=~"\$job",/, ''),
  },
  {
    name: 'target-instance-rule',
    faults: (dashboard) => matcherFaults(dashboard, 'instance=~"$instance"'),
    broken: replaceInFirst(/instance=~"\$instance"/, 'instance="$instance"'),
  },
  {
    name: 'target-rate-interval-rule',
    faults: (dashboard) =>
      targetsOf(dashboard)
        .filter(({ expr }) => /\bi?rate\([^[]*\[(?!\$__rate_interval\])/.test(expr))
        .map(({ where }) => where),
    broken: replaceInFirst(/\$__rate_interval/, '5m'),
  },
  {
    name: 'target-counter-agg-rule',
    faults: (dashboard) =>
      targetsOf(dashboard).flatMap(({ expr, where }) =>
        [...expr.matchAll(/\w+_total\b/g)]
          .filter(({ index }) => !/\b(i?rate|increase)\($/.test(expr.slice(0, index)))
          .map(([metric]) => `${where}: ${metric}`),
      ),
    broken: replaceInFirst(/(rate|increase)\(/, 'last_over_time('),
  },
  {
    name: 'uneditable-dashboard',
    faults: ({ editable }) => (editable ? ['editable'] : []),
    broken: (dashboard) => {
      dashboard.editable = true;
    },
  },
];

describe.each(RULES)('$name', ({ faults, broken }) => {
  test.each(dashboards())('$uid', (dashboard) => {
    expect(faults(dashboard)).toEqual([]);
    broken(dashboard);
    expect(faults(dashboard)).not.toEqual([]);
  });
});

test('no metric stands without braces, where the matcher rules would not see it', () => {
  const metrics = [...CATALOGUE.keys(), ...EXTERNAL_METRICS.keys()];
  const bare = new RegExp(`\\b(${metrics.join('|')})(_bucket|_sum|_count)?\\b(?!\\{)`);
  expect(ALL_TARGETS.filter(({ expr }) => bare.test(expr)).map(({ where }) => where)).toEqual([]);
  expect('sum(llm_cost_total)').toMatch(bare);
});
