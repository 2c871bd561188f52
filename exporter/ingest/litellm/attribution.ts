import { type JsonObject, objectAt, stringAt } from '../provider/json.ts';
import { TAG_LIMIT } from '../tags.ts';
import { shortened } from './event-id.ts';

/** Tags of the form `feature:search` that are a dimension, by what is before the colon. */
const DIMENSION_OF: Readonly<Record<string, Dimension>> = {
  tenant: 'tenant_id',
  tenant_id: 'tenant_id',
  team: 'team',
  project: 'project_id',
  project_id: 'project_id',
  feature: 'feature',
  environment: 'environment',
  env: 'environment',
};

const DIMENSIONS = ['tenant_id', 'team', 'project_id', 'feature', 'environment'] as const;
type Dimension = (typeof DIMENSIONS)[number];

/**
 * Who a call belongs to: what it says itself (a tag, then metadata of the request), then what LiteLLM knows of the key
 * that it came with. Never the key's hash. By event field name, to be checked like any sender's.
 */
export function attributionOf(payload: JsonObject): Readonly<Record<string, unknown>> {
  const metadata = objectAt(payload, 'metadata');
  const key = (name: string) => stringAt(metadata, `user_api_key_${name}`);
  const { named, others } = sortedTags(payload.request_tags);
  const ofKey: Partial<Record<Dimension, string | undefined>> = {
    tenant_id: key('org_id'),
    team: key('team_alias') ?? key('team_id'),
    project_id: key('project_alias') ?? key('project_id') ?? key('alias'),
  };
  const requester = objectAt(metadata, 'requester_metadata');
  const found: Record<string, unknown> = {
    user_id: shortened(stringAt(payload, 'end_user') ?? key('end_user_id') ?? key('user_id')),
    execution_id: shortened(stringAt(payload, 'session_id') ?? stringAt(payload, 'trace_id')),
    tags: others === '' ? undefined : { tags: others },
  };
  for (const name of DIMENSIONS) found[name] = named[name] ?? stringAt(requester, name) ?? ofKey[name];
  return found;
}

/** The others are joined with commas, as many as fit; without the `User-Agent: …` ones that the proxy adds. */
function sortedTags(given: unknown): { named: Partial<Record<Dimension, string>>; others: string } {
  const named: Partial<Record<Dimension, string>> = {};
  let others = '';
  for (const tag of Array.isArray(given) ? given : []) {
    if (typeof tag !== 'string' || tag === '' || tag.startsWith('User-Agent: ')) continue;
    const colon = tag.indexOf(':');
    const prefix = tag.slice(0, Math.max(colon, 0));
    const value = tag.slice(colon + 1).trim();
    if (Object.hasOwn(DIMENSION_OF, prefix) && value !== '') named[DIMENSION_OF[prefix]!] ??= value;
    else if (others.length + tag.length < TAG_LIMIT) others += others === '' ? tag : `,${tag}`;
  }
  return { named, others };
}
