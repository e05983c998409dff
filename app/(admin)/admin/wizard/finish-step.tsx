// The last step: records to copy, a mail to oneself, what mail programs need.
import Link from 'next/link';
import { Suspense } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { CopyText } from '#components/ui/copy-text.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { writeZone } from '#lib/accounts/domain-dns/wanted.ts';
import { listFirstDomains } from '#lib/accounts/first-run.ts';
import { askDaemon } from '#lib/control.ts';
import type { ListenerName } from '#lib/env.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { readListeners } from '../../../daemon.ts';
import type { CheckedRecord } from '../domains/[domain]/dns/record-list.tsx';
import { TestMailForm } from './step-forms.tsx';

export async function FinishStep({ admin }: { admin: Account }) {
  const [domain] = await listFirstDomains();
  return (
    <div className="flex flex-col gap-8">
      {domain && (
        <Suspense fallback={<p className="text-muted">Asking the DNS…</p>}>
          <Records domain={domain} />
        </Suspense>
      )}
      <TestMailForm address={admin.address} />
      <Programs address={admin.address} />
    </div>
  );
}

async function Records({ domain }: { domain: string }) {
  const records = await askDaemon<CheckedRecord[]>('domain-check', { domain }).catch(() => null);
  if (!records) {
    return <Banner tone="warn">The mail daemon does not answer, so nothing was looked up.</Banner>;
  }
  const zone = writeZone(records);
  const open = records.filter(({ need, state }) => need !== 'may' && state !== 'right').length;
  return (
    <section aria-label="DNS records" className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-medium">
          DNS records of {domain}
          {open > 0 ? `: ${open} are not right yet` : ': all is right'}
        </h3>
        <CopyText text={zone} label="Copy the DNS records" />
      </div>
      <p className="text-sm text-muted">
        Write them at the provider where the domain is registered. Line by line, with what is there
        now and whether it will do: <DnsLink domain={domain} />. Keys that sign your mail (DKIM) are
        made on the page of the domain.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by key */}
      <pre tabIndex={0} className="overflow-x-auto rounded-md bg-sunken p-3 text-sm">
        {zone}
      </pre>
    </section>
  );
}

function DnsLink({ domain }: { domain: string }) {
  return (
    <Link
      href={`/admin/domains/${encodeURIComponent(domain)}/dns`}
      className="text-accent-text hover:underline"
    >
      DNS records
    </Link>
  );
}

const programs: { listener: ListenerName; name: string; purpose: string }[] = [
  { listener: 'imaps', name: 'IMAP', purpose: 'mailboxes, TLS' },
  { listener: 'imap', name: 'IMAP', purpose: 'mailboxes, STARTTLS' },
  { listener: 'submissions', name: 'SMTP', purpose: 'sending, TLS' },
  { listener: 'submission', name: 'SMTP', purpose: 'sending, STARTTLS' },
  { listener: 'pop3s', name: 'POP3', purpose: 'fetching, TLS' },
  { listener: 'pop3', name: 'POP3', purpose: 'fetching, STARTTLS' },
];

async function Programs({ address }: { address: string }) {
  const [hostname, states] = await Promise.all([serverHostname(), readListeners()]);
  const shown = programs.flatMap((program) => {
    const socket = states.find(({ name }) => name === program.listener)?.sockets[0];
    return socket ? [{ ...program, port: socket.port }] : [];
  });
  return (
    <section aria-label="Mail programs" className="flex flex-col gap-2">
      <h3 className="font-medium">Mail programs</h3>
      <p className="text-sm text-muted">
        Most find this by themselves from the address. User name: {address}; the password is that of
        the webmail.
      </p>
      <Table label="Settings of mail programs">
        <TableHead>
          <Th>Service</Th>
          <Th>Host</Th>
          <Th className="text-end">Port</Th>
          <Th>For</Th>
        </TableHead>
        <TableBody>
          {shown.map(({ listener, name, port, purpose }) => (
            <TableRow key={listener}>
              <Td className="font-medium">{name}</Td>
              <Td className="break-all">{hostname}</Td>
              <Td className="text-end tabular-nums">{port}</Td>
              <Td className="text-muted">{purpose}</Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <div className="flex flex-wrap gap-2">
        <ButtonLink href="/admin/backup">Set up backups</ButtonLink>
        <ButtonLink href="/admin/users">Add users</ButtonLink>
        <ButtonLink href="/admin/doctor">All checks</ButtonLink>
      </div>
    </section>
  );
}
