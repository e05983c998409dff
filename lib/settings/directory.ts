// The book of addresses that everybody here shares, and the directory server beside it.
import { z } from 'zod';
import { defineChoice, defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

const line = (max: number) => z.string().trim().max(max, `At most ${max} characters.`);
const attribute = z
  .string()
  .trim()
  .regex(/^(?:[A-Za-z][A-Za-z0-9-]{0,63})?$/, 'Give the name of an attribute such as mail.');

export const directorySettings = [
  defineSwitch('directory.isShown', {
    default: true,
    title: 'Show the directory',
    help: 'Users see one another, shared mailboxes and groups in the webmail and in suggestions.',
    applies: 'next-command',
  }),
  defineChoice('directory.scope', {
    options: { own: 'Their own domain', all: 'All domains of this server' },
    default: 'own',
    title: 'Users see',
    help: 'Whose addresses the directory shows to a user.',
    applies: 'next-command',
  }),
  defineSetting('directory.ldapUrl', {
    schema: line(300).refine(
      (url) => url === '' || /^ldaps?:\/\/[^\s/?#@]+\/?$/i.test(url),
      'Give an address such as ldaps://ldap.example.org.',
    ),
    default: '',
    title: 'LDAP server',
    help: 'Its entries are found in the directory and in suggestions. Empty: none.',
    control: { kind: 'text', placeholder: 'ldaps://ldap.example.org' },
    applies: 'next-command',
  }),
  defineChoice('directory.ldapTls', {
    options: {
      required: 'STARTTLS or ldaps://',
      unverified: 'The same, any certificate',
      none: 'Without TLS',
    },
    default: 'required',
    title: 'LDAP encryption',
    help: 'Without it the bind password and all answers can be read on the way.',
    applies: 'next-command',
  }),
  defineSetting('directory.ldapBase', {
    schema: line(500),
    default: '',
    title: 'LDAP search base',
    help: 'The entry below which people are searched.',
    control: { kind: 'text', placeholder: 'ou=people,dc=example,dc=org' },
    applies: 'next-command',
  }),
  defineSetting('directory.ldapBindName', {
    schema: line(500),
    default: '',
    title: 'LDAP bind name',
    help: 'Who Drey is to the LDAP server. Empty: nobody (anonymous).',
    control: { kind: 'text', placeholder: 'cn=reader,dc=example,dc=org' },
    applies: 'next-command',
  }),
  defineSetting('directory.ldapPassword', {
    schema: z.string().regex(/^(?:v1:[A-Za-z0-9+/=]{1,4000})?$/, 'This is no sealed password.'),
    default: '',
    title: 'LDAP bind password',
    help: 'Kept encrypted and never shown again.',
    control: { kind: 'secret' },
    applies: 'next-command',
  }),
  defineSetting('directory.ldapFilter', {
    schema: line(1000).refine(
      (filter) => /^\(.*\)$/.test(filter),
      'Give a filter in brackets such as (objectClass=person).',
    ),
    default: '(objectClass=person)',
    title: 'LDAP filter',
    help: 'Which entries count. What a user types is searched in the attributes below beside it.',
    control: { kind: 'text', placeholder: '(objectClass=person)' },
    applies: 'next-command',
  }),
  defineSetting('directory.ldapNameAttribute', {
    schema: attribute.min(1, 'Give the name of an attribute such as cn.'),
    default: 'cn',
    title: 'LDAP attribute of the name',
    help: 'Where the name of a person stands.',
    control: { kind: 'text', placeholder: 'cn' },
    applies: 'next-command',
  }),
  defineSetting('directory.ldapMailAttribute', {
    schema: attribute.min(1, 'Give the name of an attribute such as mail.'),
    default: 'mail',
    title: 'LDAP attribute of the address',
    help: 'Where the mail addresses of a person stand.',
    control: { kind: 'text', placeholder: 'mail' },
    applies: 'next-command',
  }),
  defineSetting('directory.ldapOrganizationAttribute', {
    schema: attribute,
    default: 'o',
    title: 'LDAP attribute of the organization',
    help: 'Shown beside the name. Empty: not shown.',
    control: { kind: 'text', placeholder: 'o' },
    applies: 'next-command',
  }),
  defineSetting('directory.ldapPhoneAttribute', {
    schema: attribute,
    default: 'telephoneNumber',
    title: 'LDAP attribute of the telephone number',
    help: 'Shown beside the name. Empty: not shown.',
    control: { kind: 'text', placeholder: 'telephoneNumber' },
    applies: 'next-command',
  }),
  defineNumber('directory.ldapTimeoutMs', {
    min: 100,
    max: 10_000,
    default: 1500,
    unit: 'milliseconds',
    title: 'LDAP answers within',
    help: 'A search that takes longer is given up; everything else is shown without it.',
    applies: 'next-command',
  }),
] as const;
