// Signing in.
import { defineNumber } from './number.ts';

export const securitySettings = [
  defineNumber('security.maxLoginFailures', {
    min: 3,
    max: 1000,
    default: 10,
    title: 'Failed logins before a pause',
    help: 'Counted for each address and for each account over all protocols. Further tries are refused until the window ends.',
    dovecot: ['auth_failure_delay'],
    applies: 'next-sign-in',
  }),
  defineNumber('security.loginWindowMinutes', {
    min: 1,
    max: 1440,
    default: 15,
    unit: 'minutes',
    title: 'Window of failed logins',
    help: 'How long failures are remembered.',
    applies: 'next-sign-in',
  }),
  defineNumber('security.failureDelayMs', {
    min: 0,
    max: 10_000,
    default: 1000,
    unit: 'milliseconds',
    title: 'Delay of a failed login',
    help: 'The answer to a wrong password waits so long.',
    postfix: ['smtpd_error_sleep_time'],
    dovecot: ['auth_failure_delay'],
    applies: 'next-sign-in',
  }),
  defineNumber('security.minPasswordLength', {
    min: 6,
    max: 128,
    default: 8,
    unit: 'characters',
    title: 'Shortest password',
    help: 'For new and changed passwords.',
    applies: 'next-command',
  }),
] as const;
