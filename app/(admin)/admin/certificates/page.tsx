// Certificates by host name (Postfix: smtpd_tls_cert_file, tls_server_sni_maps; Dovecot: ssl_server_cert_file): which there
// are, for how long, what went wrong last; and the account at the authority that gives them.
import { ShieldCheck } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { type Certificate, listCertificates } from '#lib/certificates/certificate.ts';
import { daysUntil } from '#lib/certificates/health.ts';
import { readCertificate, type Certificate as SeenCertificate } from '../../../daemon.ts';
import { requireAdmin } from '../../../session.ts';
import { Authority } from './authority.tsx';
import { AddCertificate, CertificateActions } from './certificate-actions.tsx';
import { NameCheck } from './name-check.tsx';

export const metadata: Metadata = { title: 'Certificates' };

const kinds: Record<Certificate['kind'], string> = {
  acme: 'by ACME',
  uploaded: 'uploaded',
  files: 'from files',
  'self-signed': 'self-signed',
};

export default async function CertificatesPage() {
  await requireAdmin();
  const [certificates, current] = await Promise.all([listCertificates(), readCertificate()]);
  const isWaiting = certificates.some(
    ({ isBusy, facts, problem }) => isBusy || !(facts || problem),
  );
  return (
    <>
      {isWaiting && <AutoRefresh seconds={2} />}
      <PageHeader
        title="Certificates"
        description="Each program gets the certificate for the host name that it asks for, on every port with TLS. A new one is in use from the next connection on; nobody is cut off."
        action={<AddCertificate />}
      />
      {certificates.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<ShieldCheck />}
          title="No certificate for a host name yet"
          action={<AddCertificate />}
        >
          Until then everybody gets the default, and programs warn of one that is self-signed.
        </EmptyState>
      ) : (
        <Table label="Certificates">
          <TableHead>
            <Th>Host names</Th>
            <Th className="hidden md:table-cell">Issuer</Th>
            <Th>Valid until</Th>
            <Th className="hidden lg:table-cell">Last, next</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {certificates.map((certificate) => (
              <CertificateRow
                key={certificate.id}
                certificate={certificate}
                isDefault={isSeen(certificate, current)}
              />
            ))}
          </TableBody>
        </Table>
      )}
      <p className="mt-3 text-sm text-muted">
        {current
          ? `Who asks for no name, or for another, gets the default: ${current.subject || 'no name'}, ${
              current.isSelfSigned ? 'self-signed' : `by ${current.issuer}`
            }, until ${current.validTo.toISOString().slice(0, 10)}. `
          : 'What clients see cannot be told: the IMAPS port does not answer. '}
        It is that of the{' '}
        <Link href="/admin/settings/tls" className="text-accent-text underline">
          files in the settings
        </Link>
        , else the one for the name of this server, else one that Drey makes for itself.
      </p>
      <Authority />
      <NameCheck />
    </>
  );
}

/** Whether it is what a client sees that names no host. */
function isSeen({ facts }: Certificate, seen: SeenCertificate | null): boolean {
  return (
    facts !== null &&
    facts.expiresAt.getTime() === seen?.validTo.getTime() &&
    facts.issuer === seen.issuer
  );
}

/** What asks for these names. */
function describeUse(names: string[]): string {
  const isWeb = (name: string) => /^(mta-sts|autoconfig|autodiscover)\./.test(name);
  return names.every(isWeb) ? 'https' : 'SMTP, IMAP, POP3, https';
}

function CertificateRow({
  certificate,
  isDefault,
}: {
  certificate: Certificate;
  isDefault: boolean;
}) {
  const { id, kind, names, facts, issuedAt, dueAt, problem, certificateFile } = certificate;
  const [first = '', ...others] = names;
  return (
    <TableRow>
      <Td className="w-full max-w-0">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="max-w-full truncate font-medium">{first}</span>
          <Badge>{kinds[kind]}</Badge>
          {isDefault && <Badge tone="accent">default</Badge>}
        </span>
        {others.length > 0 && (
          <span className="block break-words text-sm text-muted">{others.join(', ')}</span>
        )}
        <span className="block text-sm text-muted">Used by {describeUse(names)}</span>
        {certificateFile && (
          <span className="block truncate font-mono text-sm text-muted">{certificateFile}</span>
        )}
        {problem && <span className="block break-words text-sm text-danger-text">{problem}</span>}
      </Td>
      <Td className="hidden max-w-48 truncate text-muted md:table-cell">
        {facts?.isSelfSigned ? 'itself' : facts?.issuer}
      </Td>
      <Td className="whitespace-nowrap">
        <Validity certificate={certificate} />
      </Td>
      <Td className="hidden whitespace-nowrap text-sm text-muted lg:table-cell">
        {issuedAt && (
          <span className="block">
            since <Time at={issuedAt} />
          </span>
        )}
        {dueAt && (
          <span className="block">
            next <Time at={dueAt} />
          </span>
        )}
      </Td>
      <Td className="text-right">
        <CertificateActions id={id} name={first} kind={kind} />
      </Td>
    </TableRow>
  );
}

function Validity({ certificate: { expiresAt, isBusy, problem } }: { certificate: Certificate }) {
  if (!expiresAt) {
    if (problem && !isBusy) return <Badge tone="danger">none</Badge>;
    return <Badge tone="info">being made</Badge>;
  }
  const days = daysUntil(expiresAt);
  const tone: Tone = days < 7 ? 'danger' : days < 21 ? 'warn' : 'ok';
  return (
    <>
      <span className="block tabular-nums">{expiresAt.toISOString().slice(0, 10)}</span>
      <Badge tone={tone}>{days < 0 ? 'over' : formatPlural(days, 'day')}</Badge>
      {isBusy && <Badge tone="info">being renewed</Badge>}
    </>
  );
}
