import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../exporter/config/load.ts';
import { ConfigError } from '../../exporter/domain/errors.ts';
import { tempDir } from '../support/temp-dir.ts';
import { DOCUMENTED, routingOf } from './documented-alerting.ts';

function problemsOf(alerting: object): string[] {
  const path = join(tempDir(), 'c.yaml');
  writeFileSync(path, JSON.stringify({ alerting }));
  try {
    loadConfig(path, []);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map((problem) => problem.replace(`${path}:1: alerting.`, ''));
    throw error;
  }
  throw new Error('nothing was wrong');
}

const hook = (name: string) => ({ name, webhook: { url: 'http://h/x' } });

describe('a secret in the configuration is refused and not printed', () => {
  const SECRET = 'https://hooks.slack.example/T0/hunter2';
  const inFile = 'expected the absolute path of a file that holds the secret, got "***"';
  const mail = { to: 'a@b.c', from: 'd@e.f', smarthost: 'h:25' };
  const none = (what: string) => `expected no secret in this file, but ${what}, got "***"`;
  test.each<[string, object, string]>([
    [
      'slack.api_url',
      { slack: { api_url: SECRET, channel: '#c' } },
      none('api_url_file, the path of a file that holds the URL'),
    ],
    ['slack.api_url_file', { slack: { api_url_file: SECRET, channel: '#c' } }, inFile],
    [
      'pagerduty.routing_key',
      { pagerduty: { routing_key: SECRET } },
      none('routing_key_file, the path of a file that holds the key'),
    ],
    [
      'pagerduty.service_key',
      { pagerduty: { service_key: SECRET } },
      none('routing_key_file, the path of a file that holds the key'),
    ],
    ['pagerduty.routing_key_file', { pagerduty: { routing_key_file: SECRET } }, inFile],
    [
      'email.auth_password',
      { email: { ...mail, auth_username: 'u', auth_password: SECRET } },
      none('auth_password_file, the path of a file that holds the password'),
    ],
    [
      'email.auth_password_file',
      { email: { ...mail, auth_username: 'u', auth_password_file: SECRET } },
      inFile,
    ],
    [
      'webhook.credentials',
      { webhook: { url: 'http://h/x', credentials: SECRET } },
      none('credentials_file, the path of a file that holds the token'),
    ],
    ['webhook.credentials_file', { webhook: { url: 'http://h/x', credentials_file: SECRET } }, inFile],
    [
      'webhook.url_file',
      { webhook: { url_file: '/run/secrets/url' } },
      none('url, and a token in the file that credentials_file names'),
    ],
    [
      'webhook.url',
      { webhook: { url: 'https://me:hunter2@h/x' } },
      'expected a URL without user and password, got "***"',
    ],
  ])('%s', (field, receiver, expected) => {
    const problems = problemsOf({ receivers: [{ name: 'a', ...receiver }] });
    expect(problems).toEqual([`receivers.0.${field}: ${expected}`]);
    expect(problems.join()).not.toContain('hunter2');
  });
});

describe('names', () => {
  test('have to exist', () => {
    const problems = problemsOf({
      receiver: 'nobody',
      watchdog_receiver: 'nothing',
      receivers: [hook('a')],
      routes: [{ receiver: 'b', mute: ['nights'] }],
      mute_times: [{ name: 'weekends', weekdays: ['saturday'] }],
    });
    expect(problems).toEqual([
      'receiver: expected one of a, null, got "nobody"',
      'watchdog_receiver: expected one of a, null, got "nothing"',
      'routes.0.receiver: expected one of a, null, got "b"',
      'routes.0.mute.0: expected one of weekends, got "nights"',
    ]);
  });

  test('have to differ', () => {
    const night = { name: 'm', times: [{ from: '20:00', to: '07:00' }] };
    expect(problemsOf({ receivers: [hook('a'), hook('a')], mute_times: [night, night] })).toEqual([
      'receivers.1.name: expected a name that no other receiver has, got "a"',
      'mute_times.1.name: expected a name that no other mute time has, got "m"',
    ]);
  });
});

describe('what makes no sense', () => {
  const muting = (rest: object) => ({ mute_times: [{ name: 'm', ...rest }] });
  const mail = { to: 'a@b.c', from: 'd@e.f', smarthost: 'h:25' };
  test.each<[object, string]>([
    [
      { receivers: [{ name: 'a' }] },
      'receivers.0: expected webhook, slack, email or pagerduty beside the name, got a mapping',
    ],
    [{ receivers: [hook('null')] }, 'receivers.0.name: expected another name: null tells nobody, got "null"'],
    [
      { receivers: [{ name: 'a', email: { ...mail, auth_username: 'u' } }] },
      'receivers.0.email: expected auth_username and auth_password_file, or neither, got a mapping',
    ],
    [
      { receivers: [{ name: 'a', email: { ...mail, smarthost: 'mail' } }] },
      'receivers.0.email.smarthost: expected host:port, such as mail:587, got "mail"',
    ],
    [muting({}), 'mute_times.0: expected weekdays or times: without both it mutes for ever, got a mapping'],
    [
      muting({ times: [{ from: '7:00', to: '08:00' }] }),
      'mute_times.0.times.0.from: expected HH:MM, such as 07:00, got "7:00"',
    ],
    [
      muting({ times: [{ from: '24:00', to: '08:00' }] }),
      'mute_times.0.times.0.from: expected HH:MM, such as 07:00, got "24:00"',
    ],
    [
      muting({ times: [{ from: '07:00', to: '07:00' }] }),
      'mute_times.0.times.0: expected from and to to differ, got a mapping',
    ],
    [
      muting({ weekdays: ['monday'], time_zone: '+02:00' }),
      'mute_times.0.time_zone: expected an IANA time zone such as Europe/Berlin, got "+02:00"',
    ],
  ])('%j', (alerting, problem) => {
    expect(problemsOf(alerting)).toEqual([problem]);
  });
});

test('the generated file names the files of the secrets', () => {
  const files = JSON.stringify(DOCUMENTED).match(/\/run\/secrets\/\w+/g) ?? [];
  expect(files).toHaveLength(4);
  for (const file of files) expect(routingOf(DOCUMENTED)).toContain(`_file: ${file}\n`);
});
