// Certificates.
import { z } from 'zod';
import { defineChoice } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

const file = z
  .string()
  .trim()
  .max(1000)
  .refine((text) => text === '' || text.startsWith('/'), 'Give a full path that starts with "/".');

export const tlsSettings = [
  defineSetting('tls.certificateFile', {
    schema: file,
    default: '',
    title: 'Certificate file',
    help: 'PEM, with the intermediate certificates. A change of the file is noticed by itself. Empty: a self-signed certificate made by Drey.',
    control: { kind: 'text', placeholder: '/etc/letsencrypt/live/mail.example.org/fullchain.pem' },
    postfix: ['smtpd_tls_cert_file', 'smtpd_tls_chain_files', 'tls_server_sni_maps'],
    dovecot: ['ssl_server_cert_file', 'ssl_cert', 'ssl_cert_file'],
    applies: 'next-connection',
    isRisky: true,
  }),
  defineSetting('tls.keyFile', {
    schema: file,
    default: '',
    title: 'Key file',
    help: 'PEM, the private key of the certificate; it must be readable for the user Drey runs as.',
    control: { kind: 'text', placeholder: '/etc/letsencrypt/live/mail.example.org/privkey.pem' },
    postfix: ['smtpd_tls_key_file'],
    dovecot: ['ssl_server_key_file', 'ssl_key', 'ssl_key_file'],
    applies: 'next-connection',
    isRisky: true,
  }),
  defineSetting('tls.minVersion', {
    schema: z.enum(['TLSv1.2', 'TLSv1.3'], 'TLSv1.2 or TLSv1.3.'),
    default: 'TLSv1.2' as 'TLSv1.2' | 'TLSv1.3',
    title: 'Oldest TLS version',
    help: 'TLSv1.3 shuts out some older mail programs and servers.',
    control: {
      kind: 'select',
      options: [
        { value: 'TLSv1.2', label: 'TLS 1.2' },
        { value: 'TLSv1.3', label: 'TLS 1.3' },
      ],
    },
    postfix: ['smtpd_tls_protocols'],
    dovecot: ['ssl_min_protocol'],
    applies: 'next-connection',
    isRisky: true,
  }),
  defineSetting('tls.acmeDirectory', {
    schema: z
      .string()
      .trim()
      .max(500)
      .regex(/^https:\/\/[^\s/@]+\/\S*$/, 'Give an address that begins with https://'),
    default: 'https://acme-v02.api.letsencrypt.org/directory',
    title: 'Authority for certificates (ACME)',
    help: 'The directory of an authority that speaks ACME. To try it out without its limits: https://acme-staging-v02.api.letsencrypt.org/directory (no program trusts those certificates).',
    control: { kind: 'text' },
    applies: 'next-attempt',
  }),
  defineSetting('tls.acmeContact', {
    schema: z
      .string()
      .trim()
      .max(200)
      .regex(/^$|^[^\s@,;<>"]+@[^\s@,;<>"]+$/, 'Give one address such as postmaster@example.org.'),
    default: '',
    title: 'Contact for the authority',
    help: 'Where the authority may write about the certificates. May be empty.',
    control: { kind: 'text', placeholder: 'postmaster@example.org' },
    applies: 'next-attempt',
  }),
  defineChoice('tls.acmeChallenge', {
    options: {
      auto: 'By what can be reached',
      'http-01': 'By port 80 (HTTP-01)',
      'tls-alpn-01': 'By port 443 (TLS-ALPN-01)',
    },
    default: 'auto',
    title: 'How names are proven to the authority',
    help: 'The authority connects to each name on port 80 or on port 443.',
    applies: 'next-attempt',
  }),
  defineNumber('tls.acmeHttpPort', {
    min: 0,
    max: 65535,
    default: 80,
    title: 'Port for proofs by HTTP',
    help: 'Drey listens here while there are certificates by ACME. Another number where a router passes port 80 on; 0 where a web server passes /.well-known/acme-challenge/ on to the web app.',
    applies: 'next-attempt',
  }),
  defineNumber('tls.acmeTlsPort', {
    min: 0,
    max: 65535,
    default: 443,
    title: 'Port for proofs by TLS',
    help: 'As above, for port 443. It serves nothing but proofs; 0 where another server has the port.',
    applies: 'next-attempt',
  }),
  defineChoice('tls.mtaSts', {
    options: { off: 'No policy', testing: 'Testing: others report only', enforce: 'Enforce' },
    default: 'off',
    title: 'Mail for domains here by verified TLS only (MTA-STS)',
    help: 'The policy that other servers fetch from https://mta-sts.DOMAIN/.well-known/mta-sts.txt. It needs a certificate of a known authority for the name of this server and for each mta-sts name, and the records that the page DNS of a domain shows. Begin with testing and read the TLS reports.',
    applies: 'next-message',
  }),
] as const;
