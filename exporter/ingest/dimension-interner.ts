import type { Dimensions } from '../domain/usage-event.ts';

const LIMIT = 100_000;

/**
 * Gives equal dimension sets the same frozen object, so that later stages find theirs by identity. Only a matter of
 * speed: it forgets everything when full, and nothing depends on the identity.
 */
export class DimensionInterner {
  readonly #known = new Map<string, Dimensions>();

  intern(dimensions: Dimensions): Dimensions {
    const d = dimensions;
    const key = `${d.provider}\0${d.model}\0${d.tenant_id}\0${d.team}\0${d.project_id}\0${d.feature}\0${d.environment}\0${d.operation}\0${d.service_tier}\0${d.status}\0${d.category}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= LIMIT) this.#known.clear();
    this.#known.set(key, Object.freeze(dimensions));
    return dimensions;
  }
}
