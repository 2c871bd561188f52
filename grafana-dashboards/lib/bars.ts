import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { type PanelFacts, withFacts } from './panel.ts';
import { atTheEnd } from './targets.ts';
import { type Steps, thresholds } from './thresholds.ts';

/** One horizontal bar per series, longest first where the query sorts. */
export function bars(facts: PanelFacts, legend: string, expr: string, steps: Steps): PanelBuilder {
  return withFacts(new PanelBuilder(), facts, atTheEnd({ [legend]: expr }))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(steps));
}
