import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { type PanelFacts, withFacts } from './panel.ts';
import { atTheEnd } from './targets.ts';
import { type Steps, thresholds } from './thresholds.ts';

/** One number. `loud` fills the whole panel with the threshold's colour. */
export function stat(
  facts: PanelFacts,
  expr: string,
  { steps, loud = false, words }: { steps: Steps; loud?: boolean; words?: readonly ValueMapping[] },
): PanelBuilder {
  const panel = withFacts(new PanelBuilder(), facts, atTheEnd({ [facts.title]: expr }))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(BigValueGraphMode.None)
    .colorMode(loud ? BigValueColorMode.Background : BigValueColorMode.Value)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(steps));
  return words ? panel.mappings([...words]) : panel;
}

/** Reads 1 and 0 as words. */
export function yesNo(yes: string, no: string): readonly ValueMapping[] {
  return [
    { type: MappingType.ValueToText, options: { '1': { text: yes, index: 0 }, '0': { text: no, index: 1 } } },
  ];
}
