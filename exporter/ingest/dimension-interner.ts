import type { Category, Dimensions, Status } from '../domain/usage-event.ts';
import { isPlainText } from './text.ts';

const LIMIT = 50_000;

type Level = Map<string, Level | Dimensions>;

/**
 * Gives equal dimension sets the same frozen object, so that later stages find theirs by identity. Only a matter of
 * speed: it forgets everything when full, and nothing depends on the identity. A map for each field, one in another:
 * joining the values into one key for every event costs three times as much. The fields with the most values are the
 * innermost, so that there are few maps.
 */
export class DimensionInterner {
  readonly #root: Level = new Map();
  #size = 0;

  /** Undefined for values that cannot be labels. */
  intern(
    provider: string,
    model: string,
    tenant_id: string,
    team: string,
    project_id: string,
    feature: string,
    environment: string,
    operation: string,
    service_tier: string,
    status: Status,
    category: Category,
  ): Dimensions | undefined {
    let level = below(this.#root, category);
    level = below(level, status);
    level = below(level, service_tier);
    level = below(level, operation);
    level = below(level, environment);
    level = below(level, provider);
    level = below(level, model);
    level = below(level, feature);
    level = below(level, project_id);
    level = below(level, team);
    const known = level.get(tenant_id) as Dimensions | undefined;
    if (known) return known;
    // Also what is refused has left its maps behind.
    this.#size += 1;
    if (this.#size > LIMIT) {
      this.#root.clear();
      this.#size = 1;
    }
    const dimensions = Object.freeze({
      provider,
      model,
      tenant_id,
      team,
      project_id,
      feature,
      environment,
      operation,
      service_tier,
      status,
      category,
    });
    if (!Object.values(dimensions).every(isPlainText)) return undefined;
    level.set(tenant_id, dimensions);
    return dimensions;
  }
}

function below(level: Level, value: string): Level {
  let next = level.get(value) as Level | undefined;
  if (!next) {
    next = new Map();
    level.set(value, next);
  }
  return next;
}
