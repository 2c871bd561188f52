import type { Dimensions } from './usage-event.ts';

/** What a budget, a forecast or an anomaly can be about, and the field of a usage event that tells. */
export const SCOPE_FIELDS = {
  tenant: 'tenant_id',
  team: 'team',
  project: 'project_id',
  provider: 'provider',
  model: 'model',
  feature: 'feature',
  environment: 'environment',
  operation: 'operation',
  category: 'category',
} as const satisfies Record<string, keyof Dimensions>;

export type DimensionField = keyof typeof SCOPE_FIELDS;
/** A free tag by its key: `tag:cost_center`. */
export type TagField = `tag:${string}`;
export type ScopeField = DimensionField | 'user' | TagField;

/** Every pair must fit. In the order of `SCOPE_FIELDS`, then user, then tags by key; no field twice; values are not empty. */
export type BudgetScope = readonly { readonly field: ScopeField; readonly value: string }[];

/** What of an event a scope looks at. */
export interface Scoped {
  readonly dimensions: Dimensions;
  readonly userId: string;
  /** JSON object of free tags, or empty. */
  readonly tags: string;
}

/** The event's value of the field; empty if it has none. */
export function scopeValue(field: ScopeField, { dimensions, userId, tags }: Scoped): string {
  if (field === 'user') return userId;
  if (!isTag(field)) return dimensions[SCOPE_FIELDS[field]];
  if (tags === '') return '';
  const texts = JSON.parse(tags) as Record<string, string>;
  const name = field.slice('tag:'.length);
  // A tag may be called `__proto__`.
  return Object.hasOwn(texts, name) ? texts[name]! : '';
}

/** Whether all that the scope asks for is so. */
export function isInScope(scope: BudgetScope, scoped: Scoped): boolean {
  return scope.every(({ field, value }) => scopeValue(field, scoped) === value);
}

/** Whether the field is one of the ledger's dimensions, whose sums it keeps; of users and tags it has the charges only. */
export function isDimension(field: ScopeField): field is DimensionField {
  return field in SCOPE_FIELDS;
}

export function isTag(field: ScopeField): field is TagField {
  return field.startsWith('tag:');
}

/** The `scope` label: `organization`, `tenant`, `team+model`. */
export function scopeLabel(scope: BudgetScope, each?: ScopeField): string {
  const fields: string[] = scope.map(({ field }) => field);
  if (each !== undefined) fields.push(each);
  return fields.length === 0 ? 'organization' : fields.join('+');
}

/** The `scope_id` label: the values in the order of `scopeLabel`, `acme/gpt-4o`; empty for the organisation. */
export function scopeIdLabel(scope: BudgetScope, subject?: string): string {
  const values = scope.map(({ value }) => value);
  if (subject !== undefined) values.push(subject);
  return values.join('/');
}
