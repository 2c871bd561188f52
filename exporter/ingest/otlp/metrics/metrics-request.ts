import { CodedError } from '../../../domain/errors.ts';
import { textOf } from '../../body-text.ts';
import { isObject } from '../../provider/json.ts';
import { documentOf } from '../../usage-body.ts';
import { metricsInJson } from './metrics-json.ts';
import type { Metric } from './metrics-model.ts';
import { metricsInWire } from './metrics-wire.ts';

/**
 * The metrics of an `ExportMetricsServiceRequest` that go by one of the names; nothing else of it is decoded. Throws
 * `invalid_protobuf`, `invalid_json`, `too_many_events`.
 */
export function metricsOf(
  body: Buffer,
  contentType: string,
  names: ReadonlySet<string>,
  limit: number,
): Metric[] {
  let points = 0;
  const wanted = {
    names,
    onPoint: () => {
      points += 1;
      if (points <= limit) return;
      throw new CodedError(
        'too_many_events',
        `more than ${limit} data points in one request; send fewer at once`,
      );
    },
  };
  if (contentType !== 'application/json') return metricsInWire(body, wanted);
  const request = documentOf(textOf(body));
  if (!isObject(request))
    throw new CodedError('invalid_json', 'the body is not an OTLP request: expected an object');
  return metricsInJson(request, wanted);
}
