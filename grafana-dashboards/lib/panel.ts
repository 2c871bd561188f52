import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DATASOURCE } from './variables.ts';

/** What every panel says about itself. */
export interface PanelFacts {
  /** Unique in its dashboard and for ever: links to a panel hold it. */
  readonly id: number;
  readonly title: string;
  /** What is counted, over what, and what it leaves out. */
  readonly description: string;
  /** A Grafana unit id; see `@grafana/grafana-foundation-sdk/units`. */
  readonly unit: string;
  /** Columns of 24. */
  readonly width: number;
  readonly height: number;
  readonly decimals?: number;
  /** Shown where the query returns nothing. */
  readonly noValue?: string;
}

/** The part that the SDK's panel builders have in common. */
interface PanelBuilder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  noValue(text: string): this;
  span(columns: number): this;
  height(rows: number): this;
  withTarget(target: Builder<Dataquery>): this;
}

/** The house defaults, in one place: nothing else sets an id, a datasource or a unit. */
export function withFacts<B extends PanelBuilder>(
  builder: B,
  facts: PanelFacts,
  targets: readonly Builder<Dataquery>[],
): B {
  builder
    .id(facts.id)
    .title(facts.title)
    .description(facts.description)
    .datasource(DATASOURCE)
    .unit(facts.unit)
    .span(facts.width)
    .height(facts.height)
    .noValue(facts.noValue ?? 'no data');
  if (facts.decimals !== undefined) builder.decimals(facts.decimals);
  for (const target of targets) builder.withTarget(target);
  return builder;
}
