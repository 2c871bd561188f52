import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type PanelFacts, withFacts } from './panel.ts';
import { type ByLegend, overTime } from './targets.ts';

/** Lines over time. The same name has the same colour in every graph. */
export function lines(facts: PanelFacts, exprs: ByLegend): PanelBuilder {
  return withFacts(new PanelBuilder(), facts, overTime(exprs))
    .min(0)
    .lineWidth(2)
    .fillOpacity(5)
    .showPoints(VisibilityMode.Never)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

/** Lines of parts of a whole, on top of each other. */
export function stackedLines(facts: PanelFacts, exprs: ByLegend): PanelBuilder {
  return lines(facts, exprs)
    .fillOpacity(40)
    .lineWidth(1)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** One stacked bar a day over the last `days`, whatever the dashboard's time range. */
export function dailyBars(facts: PanelFacts, exprs: ByLegend, days: number): PanelBuilder {
  return stackedLines(facts, exprs)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .interval('1d')
    .maxDataPoints(days)
    .timeFrom(`${days}d`);
}
