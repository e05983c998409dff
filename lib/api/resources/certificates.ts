// Certificates for host names: kept, ordered, removed. Keys come in and never go out.
import { z } from 'zod';
import {
  addCertificate,
  listCertificates,
  type NewCertificate,
  orderCertificate,
  removeCertificate,
  replaceCertificate,
  requireCertificate,
} from '../../certificates/certificate.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, pageOf, time, wholeList } from '../fields.ts';

const ofRow = z.object({ id });

const kinds = ['acme', 'self-signed', 'uploaded', 'files'] as const;
const names = z.array(z.string().max(253)).max(100);
const pem = z.string().max(200_000);
const path = z.string().max(1000);
const certificate = z
  .object({
    id: z.string(),
    kind: z.enum(kinds),
    names: z.array(z.string()),
    certificateFile: z.string(),
    keyFile: z.string(),
    facts: z
      .object({
        subject: z.string(),
        issuer: z.string(),
        isSelfSigned: z.boolean(),
        names: z.array(z.string()),
        validFrom: time,
        expiresAt: time,
        fingerprint: z.string().describe('SHA-256'),
      })
      .nullable()
      .describe('null: it is not there yet'),
    issuedAt: time.nullable(),
    expiresAt: time.nullable(),
    dueAt: time.nullable().describe('of the next order or renewal'),
    failures: z.number(),
    problem: z.string().describe('what went wrong last, and what to do'),
    problemAt: time.nullable(),
    isBusy: z.boolean().describe('an order runs now'),
  })
  .meta({ id: 'Certificate' });

export const certificateEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/certificates',
    permission: null,
    title: 'List certificates, those first that end first',
    answer: pageOf(certificate),
    isPaged: true,
    run: async () => wholeList(await listCertificates()),
  }),
  endpoint({
    method: 'POST',
    path: '/certificates',
    permission: null,
    title: 'Add a certificate',
    help: 'acme and self-signed: names; it is made soon. uploaded: chain and key as PEM. files: full paths on this server.',
    body: z.strictObject({
      kind: z.enum(kinds),
      names: names.default([]),
      chain: pem.default(''),
      key: pem.default(''),
      certificateFile: path.default(''),
      keyFile: path.default(''),
    }),
    answer: certificate,
    maxBodyBytes: 1024 * 1024,
    run: ({ staff, body }) => addCertificate(body as NewCertificate, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/certificates/{id}',
    permission: null,
    title: 'Read a certificate',
    help: 'Its key is told to nobody.',
    parameters: ofRow,
    answer: certificate,
    run: ({ parameters }) => requireCertificate(parameters.id),
  }),
  endpoint({
    method: 'PUT',
    path: '/certificates/{id}/chain',
    permission: null,
    title: 'Put another PEM in the place of an uploaded one',
    parameters: ofRow,
    body: z.strictObject({ chain: pem, key: pem }),
    answer: certificate,
    maxBodyBytes: 1024 * 1024,
    run: async ({ staff, parameters: { id }, body }) => {
      await replaceCertificate(id, body, staff.address);
      return requireCertificate(id);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/certificates/{id}/order',
    permission: null,
    title: 'Order or make a certificate now',
    parameters: ofRow,
    body: z.strictObject({}),
    run: ({ staff, parameters }) => orderCertificate(parameters.id, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/certificates/{id}',
    permission: null,
    title: 'Remove a certificate',
    help: 'Clients get the default one instead.',
    parameters: ofRow,
    run: ({ staff, parameters }) => removeCertificate(parameters.id, staff.address),
  }),
];
