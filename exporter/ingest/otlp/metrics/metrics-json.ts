import { CodedError } from '../../../domain/errors.ts';
import { isNestedDeeper } from '../../nesting.ts';
import { type JsonObject, objectAt, objectsAt, stringAt } from '../../provider/json.ts';
import { jsonNumber } from '../encoding/json-number.ts';
import { readJsonAttributes } from '../logs/logs-request.ts';
import {
  type AttributeList,
  type Metric,
  type MetricPoint,
  NO_RECORDED_VALUE,
  type Wanted,
} from './metrics-model.ts';

/** More than attribute values have; what compares them is recursive. */
const MAX_DEPTH = 50;

const KINDS = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'histogram'],
] as const;

export function metricsInJson(request: JsonObject, { names, onPoint }: Wanted): Metric[] {
  const found: Metric[] = [];
  for (const ofResource of objectsAt(request, 'resourceMetrics')) {
    let resource: AttributeList | undefined;
    for (const ofScope of objectsAt(ofResource, 'scopeMetrics')) {
      const scope = stringAt(objectAt(ofScope, 'scope'), 'name') ?? '';
      for (const metric of objectsAt(ofScope, 'metrics')) {
        const name = stringAt(metric, 'name') ?? '';
        if (!names.has(name)) continue;
        resource ??= attributesAt(objectAt(ofResource, 'resource'));
        for (const [key, kind] of KINDS) {
          if (metric[key] == null) continue;
          const data = objectAt(metric, key);
          found.push({
            name,
            resource,
            scope,
            kind,
            temporality: jsonNumber(data.aggregationTemporality) ?? 0,
            isMonotonic: kind === 'histogram' || data.isMonotonic === true,
            points: objectsAt(data, 'dataPoints').map((point) => {
              onPoint();
              return pointOf(point, kind);
            }),
          });
        }
      }
    }
  }
  return found;
}

function pointOf(point: JsonObject, kind: Metric['kind']): MetricPoint {
  return {
    attributes: attributesAt(point),
    startNanos: jsonNumber(point.startTimeUnixNano) ?? 0,
    timeNanos: jsonNumber(point.timeUnixNano) ?? 0,
    value:
      kind === 'histogram' ? jsonNumber(point.sum) : (jsonNumber(point.asInt) ?? jsonNumber(point.asDouble)),
    isEmpty: (jsonNumber(point.flags) ?? 0) % 2 === NO_RECORDED_VALUE,
  };
}

function attributesAt(parent: JsonObject): AttributeList {
  const list = objectsAt(parent, 'attributes');
  if (isNestedDeeper(list, MAX_DEPTH)) {
    throw new CodedError('invalid_json', `attributes: nested deeper than ${MAX_DEPTH} levels`);
  }
  return {
    *pairs() {
      for (const pair of list) yield [stringAt(pair, 'key') ?? '', JSON.stringify(pair)];
    },
    readInto: (attributes) => readJsonAttributes(parent, attributes),
  };
}
