import type { Dimensions, Status } from '../../../domain/usage-event.ts';
import { DimensionInterner } from '../../dimension-interner.ts';
import { type Outcome, rejected } from '../../outcome.ts';
import { TEXT_LIMITS } from '../../usage-event-schema.ts';
import { SLOT } from '../attributes/attribute-keys.ts';
import type { Attributes } from '../attributes/attributes.ts';
import { operationOf } from './span-role.ts';

const REMEMBERED = 10_000;
const NONE = '';

/**
 * The dimensions of calls. The calls of one sender mostly differ in model and tenant alone, so what was found for them
 * last is looked at first, while all the rest stays the same.
 */
export class CallDimensions {
  readonly #interner = new DimensionInterner();
  /** By tenant and model. */
  readonly #recent = new Map<string, Map<string, Dimensions>>();
  #size = 0;
  #team = NONE;
  #projectId = NONE;
  #feature = NONE;
  #environment = NONE;
  #operation = NONE;
  #serviceTier = NONE;
  #status: Status = 'success';

  /** The rejection, where a text cannot be a label. */
  of(
    attributes: Attributes,
    resource: Attributes,
    provider: string,
    model: string,
    status: Status,
  ): Dimensions | Outcome {
    const tenantId = ownedBy(attributes, resource, SLOT.tenant_id);
    const team = ownedBy(attributes, resource, SLOT.team);
    const projectId = ownedBy(attributes, resource, SLOT.project_id);
    const feature = ownedBy(attributes, resource, SLOT.feature);
    const environment = ownedBy(attributes, resource, SLOT.environment);
    const operation = operationOf(attributes);
    const serviceTier = attributes.text(SLOT.serviceTier);
    if (
      team !== this.#team ||
      projectId !== this.#projectId ||
      feature !== this.#feature ||
      environment !== this.#environment ||
      operation !== this.#operation ||
      serviceTier !== this.#serviceTier ||
      status !== this.#status ||
      this.#size >= REMEMBERED
    ) {
      this.#recent.clear();
      this.#size = 0;
      this.#team = team;
      this.#projectId = projectId;
      this.#feature = feature;
      this.#environment = environment;
      this.#operation = operation;
      this.#serviceTier = serviceTier;
      this.#status = status;
    }
    let byModel = this.#recent.get(tenantId);
    const known = byModel?.get(model);
    if (known?.provider === provider) return known;
    const long =
      tooLong('provider', provider) ??
      tooLong('model', model) ??
      tooLong('tenant_id', tenantId) ??
      tooLong('team', team) ??
      tooLong('project_id', projectId) ??
      tooLong('feature', feature) ??
      tooLong('environment', environment) ??
      tooLong('operation', operation) ??
      tooLong('service_tier', serviceTier);
    if (long) return long;
    const dimensions = this.#interner.intern(
      provider,
      model,
      tenantId,
      team,
      projectId,
      feature,
      environment,
      operation,
      serviceTier,
      status,
      'api_external',
    );
    if (!dimensions) {
      return rejected('invalid_event', 'a text has a NUL or a lone surrogate, which no label can have');
    }
    if (!byModel) {
      byModel = new Map();
      this.#recent.set(tenantId, byModel);
    }
    byModel.set(model, dimensions);
    this.#size += 1;
    return dimensions;
  }
}

/** What the call says of an owner or a dimension, or else its sender. */
export function ownedBy(attributes: Attributes, resource: Attributes, slot: number): string {
  return attributes.text(slot) || resource.text(slot);
}

export function tooLong(field: keyof typeof TEXT_LIMITS, text: string): Outcome | undefined {
  return text.length <= TEXT_LIMITS[field]
    ? undefined
    : rejected('invalid_event', `${field}: expected at most ${TEXT_LIMITS[field]} characters`);
}
