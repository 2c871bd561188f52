/** Who is told what, and when not. Structurally the `alerting` section of the configuration. */
export interface Alerting {
  /** Gets what no route takes; the first of `receivers` where absent. */
  readonly receiver?: string | undefined;
  /** Gets `Watchdog` every five minutes; nobody does where absent. */
  readonly watchdog_receiver?: string | undefined;
  readonly receivers: readonly Receiver[];
  /** The first that fits takes the alert. */
  readonly routes: readonly Route[];
  readonly mute_times: readonly MuteTime[];
}

/** Every `*_file` is an absolute path that Alertmanager reads; the secret itself never comes here. */
export interface Receiver {
  readonly name: string;
  readonly webhook?: { readonly url: string; readonly credentials_file?: string | undefined } | undefined;
  readonly slack?: { readonly api_url_file: string; readonly channel: string } | undefined;
  readonly email?: Email | undefined;
  readonly pagerduty?: { readonly routing_key_file: string } | undefined;
}

export interface Email {
  readonly to: string;
  readonly from: string;
  /** `host:port`. */
  readonly smarthost: string;
  readonly auth_username?: string | undefined;
  readonly auth_password_file?: string | undefined;
  readonly require_tls: boolean;
}

export interface Route {
  readonly severity?: 'critical' | 'warning' | 'info' | undefined;
  readonly team?: string | undefined;
  readonly tenant_id?: string | undefined;
  readonly receiver: string;
  /** Names of mute times. */
  readonly mute: readonly string[];
  /** Leaves the alert to the routes after this one and to the default receiver as well. */
  readonly continue: boolean;
}

export interface MuteTime {
  readonly name: string;
  /** Every day where empty. */
  readonly weekdays: readonly Weekday[];
  /** `HH:MM`; `to` before `from` is on the next day. The whole day where empty. */
  readonly times: readonly { readonly from: string; readonly to: string }[];
  readonly time_zone?: string | undefined;
}

export type Weekday = (typeof WEEKDAYS)[number];

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** Receives and drops. Every generated file has it. */
export const NOBODY = 'null';
