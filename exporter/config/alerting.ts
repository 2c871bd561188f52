import { z } from 'zod';
import { httpUrl, namesDiffer, text, timeZone } from './fields.ts';

/** Alertmanager knows it as the receiver that tells nobody. */
const NOBODY = 'null';
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** A path that Alertmanager reads. What is there instead may be the secret, so it is not printed. */
const secretFile = text.check(({ value, issues }) => {
  if (value.startsWith('/')) return;
  issues.push({
    code: 'custom',
    message: 'expected the absolute path of a file that holds the secret',
    input: '***',
  });
});

/** Refuses keys of Alertmanager's own that hold secrets, with what to write instead of each, and prints no value. */
function withoutSecrets<Shape extends z.core.$ZodLooseShape>(
  instead: Readonly<Record<string, string>>,
  shape: Shape,
) {
  return z.preprocess((value, context) => {
    for (const [key, other] of Object.entries(instead)) {
      if (typeof value !== 'object' || value === null || !(key in value)) continue;
      const message = `expected no secret in this file, but ${other}`;
      context.addIssue({ code: 'custom', message, path: [key], input: '***' });
    }
    return value;
  }, z.strictObject(shape));
}

const webhook = withoutSecrets(
  {
    url_file: 'url, and a token in the file that credentials_file names',
    credentials: 'credentials_file, the path of a file that holds the token',
  },
  {
    url: httpUrl('http://127.0.0.1:9099/alerts'),
    credentials_file: secretFile.optional().describe('its content is sent as a Bearer token'),
  },
);

const slack = withoutSecrets(
  { api_url: 'api_url_file, the path of a file that holds the URL' },
  { api_url_file: secretFile, channel: text },
);

const email = withoutSecrets(
  { auth_password: 'auth_password_file, the path of a file that holds the password' },
  {
    to: text,
    from: text,
    smarthost: z.string().regex(/^[^\s:]+:\d{1,5}$/, { error: 'expected host:port, such as mail:587' }),
    auth_username: text.optional(),
    auth_password_file: secretFile.optional(),
    require_tls: z.boolean().default(true),
  },
).refine((mail) => (mail.auth_username === undefined) === (mail.auth_password_file === undefined), {
  error: 'expected auth_username and auth_password_file, or neither',
});

const pagerduty = withoutSecrets(
  {
    routing_key: 'routing_key_file, the path of a file that holds the key',
    service_key: 'routing_key_file, the path of a file that holds the key',
  },
  { routing_key_file: secretFile },
);

const receiver = z
  .strictObject({
    name: text.refine((name) => name !== NOBODY, { error: 'expected another name: null tells nobody' }),
    webhook: webhook.optional(),
    slack: slack.optional(),
    email: email.optional(),
    pagerduty: pagerduty.optional(),
  })
  .refine(({ name, ...ways }) => Object.values(ways).some((way) => way !== undefined), {
    error: 'expected webhook, slack, email or pagerduty beside the name',
  });

const label = text.regex(/^\P{Cc}+$/u, { error: 'expected text without control characters' });

/** The first route that fits takes the alert. One without labels fits every alert. */
const route = z.strictObject({
  severity: z.enum(['critical', 'warning', 'info']).optional(),
  team: label.optional(),
  tenant_id: label.optional(),
  receiver: text,
  mute: z.array(text).default([]).describe('names of mute times'),
  continue: z.boolean().default(false).describe('the routes after it and the default receiver see it too'),
});

const clock = (pattern: RegExp) => z.string().regex(pattern, { error: 'expected HH:MM, such as 07:00' });

const muteTime = z
  .strictObject({
    name: text,
    weekdays: z.array(z.enum(WEEKDAYS)).default([]).describe('on which it begins'),
    times: z
      .array(
        z
          .strictObject({
            from: clock(/^([01]\d|2[0-3]):[0-5]\d$/),
            to: clock(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/),
          })
          .refine(({ from, to }) => from !== to, { error: 'expected from and to to differ' }),
      )
      .default([]),
    time_zone: timeZone.optional(),
  })
  .refine(({ weekdays, times }) => weekdays.length + times.length > 0, {
    error: 'expected weekdays or times: without both it mutes for ever',
  });

/** Who is told what, and when not: what the generated Alertmanager configuration is made of. */
export const alerting = z
  .strictObject({
    receiver: text.optional().describe('gets what no route takes; the first of receivers unless given'),
    watchdog_receiver: text.optional().describe('notices when Watchdog stops'),
    receivers: z.array(receiver).check(namesDiffer('receiver')).default([]),
    routes: z.array(route).default([]),
    mute_times: z.array(muteTime).check(namesDiffer('mute time')).default([]),
  })
  .check(({ value, issues }) => {
    const receivers = [...value.receivers.map(({ name }) => name), NOBODY];
    const muteTimes = value.mute_times.map(({ name }) => name);
    const expectOne = (known: readonly string[], name: string | undefined, ...path: (string | number)[]) => {
      if (name === undefined || known.includes(name)) return;
      const message = `expected one of ${known.join(', ') || 'mute_times, which is empty'}`;
      issues.push({ code: 'custom', message, path, input: name });
    };
    expectOne(receivers, value.receiver, 'receiver');
    expectOne(receivers, value.watchdog_receiver, 'watchdog_receiver');
    value.routes.forEach((one, index) => {
      expectOne(receivers, one.receiver, 'routes', index, 'receiver');
      one.mute.forEach((name, at) => {
        expectOne(muteTimes, name, 'routes', index, 'mute', at);
      });
    });
  });
