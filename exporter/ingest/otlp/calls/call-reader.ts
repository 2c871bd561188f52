import type { PerMeter } from '../../../domain/meters.ts';
import { nanoUsdFromUsd } from '../../../domain/money.ts';
import type { Status } from '../../../domain/usage-event.ts';
import { isUniqueId } from '../../event-id.ts';
import { type Outcome, rejected } from '../../outcome.ts';
import { type TimeBounds, timestampOutcome } from '../../time-bounds.ts';
import { MAX_COST_USD } from '../../usage-event-schema.ts';
import { SLOT } from '../attributes/attribute-keys.ts';
import type { Attributes } from '../attributes/attributes.ts';
import { CallDimensions, ownedBy, tooLong } from './call-dimensions.ts';
import { ProviderNames } from './provider-of.ts';
import { metersOfSpan } from './span-usage.ts';

const TRUNCATED = /(^|,)(length|max_tokens|max_output_tokens)(,|$)/i;

/** A call beside its attributes. */
export interface CallFacts {
  /** Of the sender. */
  readonly resource: Attributes;
  /** Name of the instrumentation. */
  readonly scope: string;
  /** When the answer was complete. */
  readonly timestampMs: number;
  readonly latencyMs: number | undefined;
  readonly hasFailed: boolean;
  /** Disjoint, where the attributes do not say them. */
  readonly quantities?: PerMeter;
  /** Names the call where no response id does: the same when it is sent again, empty if there is no such name. */
  idText(): string;
}

/** Makes usage events of calls whose attributes carry usage. */
export class CallReader {
  readonly #dimensions = new CallDimensions();
  readonly #providers = new ProviderNames();

  read(attributes: Attributes, facts: CallFacts, bounds: TimeBounds): Outcome {
    const { resource, timestampMs } = facts;
    const outside = timestampOutcome(timestampMs, bounds);
    if (outside) return outside;
    const provider = this.#providers.nameOf(
      attributes.text(SLOT.provider),
      attributes.text(SLOT.serverAddress),
    );
    const model = attributes.text(SLOT.responseModel) || attributes.text(SLOT.requestModel);
    const quantities = facts.quantities ?? metersOfSpan(attributes, provider, model, facts.scope);
    if (typeof quantities === 'string') return rejected('inconsistent_usage', quantities);
    const responseId = attributes.text(SLOT.responseId);
    const id = isUniqueId(responseId) ? responseId : facts.idText();
    if (id === '') return rejected('invalid_event', 'neither a response id nor a trace id and span id');
    const cost = reportedCostUsd(attributes);
    if (cost !== undefined && !(cost >= 0 && cost <= MAX_COST_USD)) {
      return rejected('invalid_event', `${attributes.keyOf(SLOT.cost)}: expected 0 to ${MAX_COST_USD} USD`);
    }
    const status = statusOf(attributes, facts.hasFailed);
    const dimensions = this.#dimensions.of(attributes, resource, provider, model, status);
    if ('kind' in dimensions) return dimensions;
    const userId = ownedBy(attributes, resource, SLOT.user_id);
    const executionId = ownedBy(attributes, resource, SLOT.execution_id);
    const long = tooLong('id', id) ?? tooLong('user_id', userId) ?? tooLong('execution_id', executionId);
    if (long) return long;
    return {
      kind: 'event',
      event: {
        id,
        timestampMs,
        dimensions,
        quantities,
        userId,
        executionId,
        promptHash: '',
        latencyMs: facts.latencyMs,
        reportedCostNanoUsd: cost === undefined ? undefined : nanoUsdFromUsd(cost),
        tags: '',
      },
    };
  }
}

/**
 * What the sender says in USD; an amount in another currency, or in none, is not that. NaN for what is no number. A cost
 * of 0 is none: OpenLIT writes it for every model that it has no price of.
 */
function reportedCostUsd(attributes: Attributes): number | undefined {
  if (
    attributes.keyOf(SLOT.cost).endsWith('.amount') &&
    attributes.text(SLOT.costCurrency).toUpperCase() !== 'USD'
  ) {
    return undefined;
  }
  const cost = attributes.number(SLOT.cost);
  return cost === 0 ? undefined : cost;
}

function statusOf(attributes: Attributes, hasFailed: boolean): Status {
  const errorType = attributes.text(SLOT.errorType);
  if (hasFailed || errorType !== '') {
    if (/timeout|timed.?out/i.test(errorType)) return 'timeout';
    return /cancel|abort/i.test(errorType) ? 'cancelled' : 'error';
  }
  return TRUNCATED.test(attributes.text(SLOT.finishReasons)) ? 'truncated' : 'success';
}
