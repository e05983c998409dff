// Certificates.
import { z } from 'zod';
import { defineChoice } from './choice.ts';
import { defineSetting } from './define.ts';

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
    postfix: ['smtpd_tls_cert_file', 'smtpd_tls_chain_files'],
    dovecot: ['ssl_server_cert_file', 'ssl_cert'],
    applies: 'next-connection',
  }),
  defineSetting('tls.keyFile', {
    schema: file,
    default: '',
    title: 'Key file',
    help: 'PEM, the private key of the certificate; it must be readable for the user Drey runs as.',
    control: { kind: 'text', placeholder: '/etc/letsencrypt/live/mail.example.org/privkey.pem' },
    postfix: ['smtpd_tls_key_file'],
    dovecot: ['ssl_server_key_file', 'ssl_key'],
    applies: 'next-connection',
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
  }),
  defineChoice('tls.mtaSts', {
    options: { off: 'No policy', testing: 'Testing: others report only', enforce: 'Enforce' },
    default: 'off',
    title: 'Mail for domains here by verified TLS only (MTA-STS)',
    help: 'The policy that other servers fetch from https://mta-sts.DOMAIN/.well-known/mta-sts.txt. It needs a certificate of a known authority for the name of this server and for each mta-sts name, and the records that the page DNS of a domain shows. Begin with testing and read the TLS reports.',
    applies: 'next-message',
  }),
] as const;
