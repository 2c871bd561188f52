import { describe, expect, test } from 'vitest';
import { type DashboardJson, dashboards, panelsOf, targetsOf } from './built.ts';

/** A rule finds faults; `broken` is a way to break it, so that each rule is seen to fail. */
interface Rule {
  readonly name: string;
  readonly faults: (dashboard: DashboardJson) => string[];
  readonly broken: (dashboard: DashboardJson) => void;
}

const firstPanel = (dashboard: DashboardJson) => panelsOf(dashboard)[0]!;
const firstTarget = (dashboard: DashboardJson) => firstPanel(dashboard).targets![0]!;
const repeated = <T>(values: readonly T[]) =>
  values.filter((value, index) => values.indexOf(value) !== index);

const RULES: readonly Rule[] = [
  {
    name: 'ids of panels and rows are unique',
    faults: (dashboard) => repeated(dashboard.panels.map(({ id }) => String(id))),
    broken: (dashboard) => {
      firstPanel(dashboard).id = panelsOf(dashboard)[1]!.id;
    },
  },
  {
    name: 'every panel and row has an id',
    faults: (dashboard) => dashboard.panels.filter(({ id }) => !(id > 0)).map(({ title }) => title),
    broken: (dashboard) => {
      firstPanel(dashboard).id = 0;
    },
  },
  {
    name: 'refIds are unique in a panel',
    faults: (dashboard) =>
      panelsOf(dashboard).flatMap(({ targets }) => repeated((targets ?? []).map(({ refId }) => refId))),
    broken: (dashboard) => {
      const panel = panelsOf(dashboard).find(({ targets }) => targets!.length > 1)!;
      panel.targets![1]!.refId = panel.targets![0]!.refId;
    },
  },
  {
    name: 'every panel has a target, and every target a refId and an expression',
    faults: (dashboard) => [
      ...panelsOf(dashboard)
        .filter(({ targets }) => !targets?.length)
        .map(({ title }) => title),
      ...targetsOf(dashboard)
        .filter(({ refId, expr }) => !refId || !expr)
        .map(({ where }) => where),
    ],
    broken: (dashboard) => {
      firstTarget(dashboard).refId = '';
    },
  },
  {
    name: 'titles are unique',
    faults: (dashboard) => repeated(panelsOf(dashboard).map(({ title }) => title)),
    broken: (dashboard) => {
      firstPanel(dashboard).title = panelsOf(dashboard)[1]!.title;
    },
  },
  {
    name: 'every panel has a description, which is a sentence',
    faults: (dashboard) =>
      panelsOf(dashboard)
        .filter(({ description }) => !/^[A-Z0-9].{15,}\.$/.test(description ?? ''))
        .map(({ title }) => title),
    broken: (dashboard) => {
      delete firstPanel(dashboard).description;
    },
  },
  {
    name: 'panels are inside the 24 columns and do not overlap',
    faults: (dashboard) =>
      dashboard.panels
        .filter(
          ({ gridPos: a }, index) =>
            a.x + a.w > 24 ||
            dashboard.panels
              .slice(0, index)
              .some(
                ({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
              ),
        )
        .map(({ title }) => title),
    broken: (dashboard) => {
      firstPanel(dashboard).gridPos.w = 20;
    },
  },
  {
    name: 'every target asks the datasource variable',
    faults: (dashboard) =>
      targetsOf(dashboard)
        .filter(({ datasource }) => datasource?.uid !== '$datasource')
        .map(({ where }) => where),
    broken: (dashboard) => {
      firstTarget(dashboard).datasource = { uid: 'prometheus' };
    },
  },
  {
    name: 'expressions name only variables that the dashboard has',
    faults: (dashboard) => {
      const known = [...dashboard.templating.list.map(({ name }) => name), '__range', '__rate_interval'];
      return targetsOf(dashboard).flatMap(({ expr, where }) =>
        [...expr.matchAll(/\$(\w+)/g)]
          .filter(([, name]) => !known.includes(name!))
          .map(([name]) => `${where}: ${name}`),
      );
    },
    broken: (dashboard) => {
      dashboard.templating.list = dashboard.templating.list.filter(({ name }) => name !== 'instance');
    },
  },
  {
    name: 'all usage means usage without the label too',
    faults: (dashboard) =>
      dashboard.templating.list
        .filter(({ name }) => ['tenant_id', 'model', 'environment'].includes(name))
        .filter(({ allValue }) => allValue !== '.*')
        .map(({ name }) => name),
    broken: (dashboard) => {
      dashboard.templating.list.push({ type: 'query', name: 'tenant_id', allValue: '.+', query: '' });
    },
  },
  {
    name: 'it is tagged, linked to the others and in UTC',
    faults: ({ tags, links, timezone }) =>
      tags.includes('llm-cost') && links.some((link) => link.tags.includes('llm-cost')) && timezone === 'utc'
        ? []
        : ['tags, links or time zone'],
    broken: (dashboard) => {
      dashboard.tags = [];
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

test('uids are unique and stable', () => {
  expect(dashboards().map(({ uid }) => uid)).toEqual([
    'llm-cost-overview',
    'llm-cost-budgets',
    'llm-cost-exporter-health',
  ]);
});

test('the cost dashboard has the variables that it promises', () => {
  expect(dashboards()[0]!.templating.list.map(({ name }) => name)).toEqual([
    'datasource',
    'job',
    'instance',
    'tenant_id',
    'model',
    'environment',
  ]);
});
