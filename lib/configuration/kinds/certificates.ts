// Certificates and the account at an authority. What is made or ordered by itself comes back; what was brought here does not,
// because its key is gone, or because files are read where somebody waits for them.
import { recordedAcmeAccount } from '#lib/certificates/acme-account.ts';
import {
  addCertificate,
  type NewCertificate,
  recordedCertificate,
  removeCertificate,
} from '#lib/certificates/certificate.ts';
import { Refusal } from '#lib/errors.ts';
import type { Kind, Revertible } from '../section.ts';

const again = {
  uploaded: 'Its private key is gone: upload it again.',
  files: 'Name its files again on the page Certificates.',
};

export const certificateKind: Revertible = {
  recorded: recordedCertificate,
  refuses: { changed: 'The key that stood there is gone: upload that certificate again.' },
  add: async (fields, by) => {
    const { kind } = fields as { kind: NewCertificate['kind'] };
    if (kind === 'uploaded' || kind === 'files') throw new Refusal('forbidden', again[kind]);
    return (await addCertificate({ kind, names: fields.names as string[] }, by)).id;
  },
  change: async () => {
    throw new Error('certificates are replaced on their own page');
  },
  remove: removeCertificate,
};

const anew =
  'Agree to the terms anew on the page Certificates: an account is nothing without its key.';

export const acmeAccountKind: Kind = {
  recorded: recordedAcmeAccount,
  refuses: { added: anew, changed: anew, removed: anew },
};
