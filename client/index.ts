export { type Client, type ClientOptions, type ClientStats, createClient } from './client.ts';
export type { ClientError, Dimensions, EventFields, UsageCounts, UsageEvent } from './wire.ts';
