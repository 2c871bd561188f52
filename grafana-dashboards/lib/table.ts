import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { type PanelFacts, withFacts } from './panel.ts';
import { asColumns } from './targets.ts';
import { type Steps, thresholds } from './thresholds.ts';

export interface ValueColumn {
  /** Also the query's refId. */
  readonly name: string;
  readonly title: string;
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
  /** Colours the cell's text. */
  readonly steps?: Steps;
}

export interface TableSpec {
  /** Label → column title; the labels together identify a row. */
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly ValueColumn[];
  /** Title of the column that sorts the rows, largest first. */
  readonly sortBy: string;
}

/** Instant queries joined into rows by the labels that they share. */
export function table(facts: PanelFacts, { labels, values, sortBy }: TableSpec): PanelBuilder {
  const targets = asColumns(Object.fromEntries(values.map(({ name, expr }) => [name, expr])));
  const fields = [...Object.keys(labels), ...values.map(({ name }) => fieldOf(name))];
  const titles = [...Object.values(labels), ...values.map(({ title }) => title)];
  const panel = withFacts(new PanelBuilder(), facts, targets)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(fields.map((field, index) => [field, index])),
        renameByName: {
          ...Object.fromEntries(fields.map((field, index) => [field, titles[index]])),
          // The name that Grafana gives the only query that returned rows.
          Value: values[0]?.title,
        },
      },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)]);
  for (const value of values) panel.overrideByName(value.title, propertiesOf(value));
  return panel;
}

function fieldOf(refId: string): string {
  return `Value #${refId}`;
}

function propertiesOf({ unit, decimals, steps }: ValueColumn): DynamicConfigValue[] {
  const properties: DynamicConfigValue[] = [{ id: 'unit', value: unit }];
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (steps) {
    properties.push({ id: 'thresholds', value: thresholds(steps).build() });
    properties.push({ id: 'custom.cellOptions', value: { type: 'color-text' } });
  }
  return properties;
}
