import { FIXED64, WireReader } from '../encoding/wire.ts';
import {
  lengthDelimited,
  messageCounter,
  messageIn,
  messagesIn,
  moveTo,
  type Range,
  readAttributesIn,
  scopeNameIn,
  tagOf,
  textIn,
  varintField,
} from '../encoding/wire-messages.ts';
import type { AttributeList, Metric, MetricPoint, Wanted } from './metrics-model.ts';
import { NO_RECORDED_VALUE } from './metrics-model.ts';

const FIRST = lengthDelimited(1);
const SECOND = lengthDelimited(2);
const TEMPORALITY = varintField(2);
const IS_MONOTONIC = varintField(3);
const START = tagOf(2, FIXED64);
const TIME = tagOf(3, FIXED64);
const AS_DOUBLE = tagOf(4, FIXED64);
const AS_INT = tagOf(6, FIXED64);
const HISTOGRAM_SUM = tagOf(5, FIXED64);

interface DataLayout {
  readonly kind: Metric['kind'];
  /** Of the data in the metric. */
  readonly tag: number;
  /** Of the attributes in a point. */
  readonly attributes: number;
  readonly flags: number;
}
const LAYOUTS: readonly DataLayout[] = [
  { kind: 'gauge', tag: lengthDelimited(5), attributes: lengthDelimited(7), flags: varintField(8) },
  { kind: 'sum', tag: lengthDelimited(7), attributes: lengthDelimited(7), flags: varintField(8) },
  { kind: 'histogram', tag: lengthDelimited(9), attributes: lengthDelimited(9), flags: varintField(10) },
  // An exponential one.
  { kind: 'histogram', tag: lengthDelimited(10), attributes: lengthDelimited(1), flags: varintField(10) },
];

export function metricsInWire(body: Buffer, { names, onPoint }: Wanted): Metric[] {
  const reader = new WireReader(body);
  const count = messageCounter();
  const found: Metric[] = [];
  for (const ofResource of messagesIn(reader, { start: 0, end: body.length }, FIRST, count)) {
    let resource: AttributeList | undefined;
    for (const ofScope of messagesIn(reader, ofResource, SECOND, count)) {
      let scope: string | undefined;
      for (const metric of messagesIn(reader, ofScope, SECOND, count)) {
        const name = textIn(reader, metric, FIRST);
        if (!names.has(name)) continue;
        resource ??= attributesIn(reader, messageIn(reader, ofResource, FIRST), FIRST);
        scope ??= scopeNameIn(reader, ofScope);
        for (const layout of LAYOUTS) {
          for (const data of messagesIn(reader, metric, layout.tag, count)) {
            found.push({ name, resource, scope, ...dataIn(reader, data, layout, onPoint) });
          }
        }
      }
    }
  }
  return found;
}

function dataIn(
  reader: WireReader,
  data: Range,
  layout: DataLayout,
  onPoint: () => void,
): Pick<Metric, 'kind' | 'temporality' | 'isMonotonic' | 'points'> {
  let temporality = 0;
  let isMonotonic = layout.kind === 'histogram';
  moveTo(reader, data);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === TEMPORALITY && layout.kind !== 'gauge') temporality = reader.varint();
    else if (tag === IS_MONOTONIC && layout.kind === 'sum') isMonotonic = reader.varint() !== 0;
    else reader.skip(tag);
  }
  const points: MetricPoint[] = [];
  for (const point of messagesIn(reader, data, FIRST)) {
    onPoint();
    points.push(pointIn(reader, point, layout));
  }
  return { kind: layout.kind, temporality, isMonotonic, points };
}

function pointIn(reader: WireReader, point: Range, layout: DataLayout): MetricPoint {
  const isHistogram = layout.kind === 'histogram';
  let startNanos = 0;
  let timeNanos = 0;
  let value: number | undefined;
  let flags = 0;
  moveTo(reader, point);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === START) startNanos = reader.fixed64();
    else if (tag === TIME) timeNanos = reader.fixed64();
    else if (tag === layout.flags) flags = reader.varint();
    else if (isHistogram && tag === HISTOGRAM_SUM) value = reader.double();
    else if (!isHistogram && tag === AS_DOUBLE) value = reader.double();
    else if (!isHistogram && tag === AS_INT) value = reader.signedFixed64();
    else reader.skip(tag);
  }
  const attributes = attributesIn(reader, point, layout.attributes);
  return { attributes, startNanos, timeNanos, value, isEmpty: flags % 2 === NO_RECORDED_VALUE };
}

function attributesIn(reader: WireReader, message: Range | undefined, tag: number): AttributeList {
  return {
    *pairs() {
      for (const pair of message ? messagesIn(reader, message, tag) : []) {
        yield [textIn(reader, pair, FIRST), reader.bytes.toString('latin1', pair.start, pair.end)];
      }
    },
    readInto: (attributes) => {
      if (message) readAttributesIn(reader, message, tag, attributes);
    },
  };
}
