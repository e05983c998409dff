// Fetching mail over POP3.
import { defineNumber } from './number.ts';

export const pop3Settings = [
  defineNumber('pop3.maxConnections', {
    min: 10,
    max: 100_000,
    default: 1000,
    title: 'Connections in all',
    help: 'POP3 connections at the same time on one port.',
    dovecot: ['client_limit'],
    applies: 'next-connection',
  }),
  defineNumber('pop3.idleTimeoutMinutes', {
    min: 10,
    max: 120,
    default: 10,
    unit: 'minutes',
    title: 'Idle time',
    help: 'A client that says nothing for so long is disconnected without deleting anything. RFC 1939 asks for at least 10 minutes.',
    dovecot: ['pop3_idle_timeout'],
    applies: 'next-connection',
  }),
] as const;
