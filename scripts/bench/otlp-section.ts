import { measureIn } from './bench-context.ts';
import type { OtlpInput, OtlpTimes } from './otlp-measure.ts';
import { count, megabytes, ms, type Row, times } from './report.ts';
import type { Section } from './section.ts';

const SPANS = 512;
const DECODE_TARGET = 0.6;
/** 60,000 spans a second where the JSON form of 512 of them parses in 2.7 ms. */
const DURABLE_TARGET = 3.16;

/** OTLP trace requests of 512 GenAI spans, against parsing their JSON form. */
export const otlpSection: Section = {
  name: 'otlp',
  title: 'OTLP traces, 512 GenAI spans with 16 attributes each',
  async run(context) {
    context.progress.show('otlp: decoding and storing spans');
    const input: OtlpInput = {
      dir: context.dir,
      spans: SPANS,
      rounds: context.quick ? 5 : 11,
      requests: context.quick ? 16 : 32,
    };
    const measured = await measureIn<OtlpTimes>(context, 'otlp-measure.ts', input);
    const { parseMs, protobufBytes, jsonBytes } = measured;
    const row = (measure: string, oursMs: number, target?: number): Row => ({
      measure,
      ours: `${ms(oursMs)} (${count((SPANS / oursMs) * 1000)} spans/s)`,
      against: `JSON.parse of the JSON form ${ms(parseMs)}`,
      ratio: times(oursMs / parseMs),
      target: target === undefined ? '' : `≤ ${target}×`,
      ...(target !== undefined && { met: oursMs / parseMs <= target }),
    });
    return [
      row(`protobuf (${megabytes(protobufBytes)}) to events`, measured.protobufMs, DECODE_TARGET),
      row(`JSON (${megabytes(jsonBytes)}) to events`, measured.jsonMs),
      row('protobuf to the acknowledged commit, 8 in flight', measured.durableMs, DURABLE_TARGET),
    ];
  },
};
