const TENANTS = 60;
const TEAMS = 20;
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'o3', 'o4-mini', 'gpt-5', 'gpt-5-mini'];
const FEATURES = 10;
export const USERS = 10_000;

const hard = (name: string, scope: object, fields: object = {}) => ({
  name,
  scope,
  limit: 1e9,
  enforcement: 'hard',
  ...fields,
});

/** A hundred hard budgets, six or seven of which concern a call; none of them is ever spent. */
export const BUDGETS = [
  hard('organization-day', {}, { period: 'day' }),
  hard('each-user', {}, { each: 'user' }),
  ...Array.from({ length: TENANTS }, (_, i) => hard(`tenant-${i}`, { tenant: `tenant-${i}` })),
  ...Array.from({ length: TEAMS }, (_, i) => hard(`team-${i}`, { team: `team-${i}` })),
  ...MODELS.map((model) => hard(`model-${model}`, { model }, { unit: 'tokens', limit: 1e14 })),
  ...Array.from({ length: FEATURES }, (_, i) =>
    hard(`feature-${i}`, { tenant: `tenant-${i}`, feature: `feature-${i}` }, { unit: 'calls' }),
  ),
];

/** Whose the `i`-th call is: every user comes up once in `USERS` calls, tenants and teams evenly. */
export function callFields(i: number) {
  const user = (i * 7919) % USERS;
  return {
    provider: 'openai',
    model: MODELS[user % MODELS.length]!,
    tenant_id: `tenant-${user % TENANTS}`,
    team: `team-${user % TEAMS}`,
    feature: `feature-${user % FEATURES}`,
    environment: 'prod',
    user_id: `user-${user}`,
  };
}
