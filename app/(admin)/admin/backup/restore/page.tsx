// One message, one folder or one user out of a backup. Nothing that is there is changed or doubled.
import { Archive } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Banner } from '#components/ui/banner.tsx';
import { Button, ButtonLink, buttonClasses } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field } from '#components/ui/field.tsx';
import { formatBytes, formatPlural } from '#components/ui/format.ts';
import { Input } from '#components/ui/input.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import type { BackupMessage, FoundInBackup } from '#lib/backup/asked.ts';
import { askDaemon } from '#lib/control.ts';
import { requireAdmin } from '../../../../session.ts';
import { type Parameters, readParameters } from '../../../parameters.ts';
import { RestoreButton } from '../buttons.tsx';

export const metadata: Metadata = { title: 'Restore' };

/** Reading the headers of a large mailbox takes its time. */
const searchMs = 120_000;

export default async function RestorePage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const asked = await readParameters(searchParams);
  const { snapshot = '', user = '' } = asked;
  return (
    <>
      <PageHeader
        back={
          <Link href="/admin/backup" className="hover:underline">
            Backup
          </Link>
        }
        title="Restore"
        description={`${describeMoment(snapshot)}What is there is neither changed nor doubled.`}
      />
      {snapshot ? (
        <SearchFields asked={asked} />
      ) : (
        <EmptyState
          isBoxed
          icon={<Archive />}
          title="From which backup?"
          action={<ButtonLink href="/admin/backup">Choose a backup</ButtonLink>}
        />
      )}
      {snapshot && user !== '' && (
        <>
          <Found asked={asked} />
          <WholeUser user={user} snapshot={snapshot} />
        </>
      )}
    </>
  );
}

/** `snapshot` begins with its day and time of UTC: "2026-11-21T03-00-…". */
function describeMoment(snapshot: string): string {
  if (!snapshot) return '';
  return `From the backup of ${snapshot.slice(0, 10)}, ${snapshot.slice(11, 16).replace('-', ':')} UTC. `;
}

function SearchFields({ asked }: { asked: Record<string, string> }) {
  const { snapshot, user, text, mailbox, from, until } = asked;
  return (
    <form
      method="get"
      className="mb-6 grid items-end gap-4 rounded-lg border bg-surface p-4 sm:grid-cols-2 lg:grid-cols-3"
    >
      <input type="hidden" name="snapshot" value={snapshot} />
      <Field label="User">
        <Input name="user" defaultValue={user} placeholder="ada@example.org" required />
      </Field>
      <Field label="Words of sender, recipients or subject" isOptional>
        <Input name="text" defaultValue={text} placeholder="invoice may" />
      </Field>
      <Field label="Folder" isOptional>
        <Input name="mailbox" defaultValue={mailbox} placeholder="Papers" />
      </Field>
      <Field label="Not before" isOptional>
        <Input name="from" type="date" defaultValue={from} />
      </Field>
      <Field label="Not after" isOptional>
        <Input name="until" type="date" defaultValue={until} />
      </Field>
      <Button type="submit" variant="primary" className="justify-self-start">
        Search
      </Button>
    </form>
  );
}

async function Found({ asked }: { asked: Record<string, string> }) {
  const { snapshot = '', user = '', text = '', mailbox = '', from = '', until = '' } = asked;
  const input = { snapshot, user, text, mailbox, from, until };
  const found = await askDaemon<FoundInBackup>('backup-search', input, searchMs).catch(
    (error: Error) => error,
  );
  if (found instanceof Error) {
    return (
      <Banner tone="warn" className="mb-6">
        {found.message}
      </Banner>
    );
  }
  return (
    <>
      <Messages found={found} user={user} snapshot={snapshot} />
      <Folders mailboxes={found.mailboxes} user={user} snapshot={snapshot} />
    </>
  );
}

type Whose = { user: string; snapshot: string };

function Messages({ found, user, snapshot }: Whose & { found: FoundInBackup }) {
  const { messages, total } = found;
  if (messages.length === 0) {
    return (
      <div className="mb-6 rounded-lg border bg-surface">
        {total === null ? (
          <EmptyState title="Too many messages to choose from">
            Say more about the one you look for, or take a whole folder below.
          </EmptyState>
        ) : (
          <EmptyState title="No such message in this backup">
            Say fewer words, or try an older backup.
          </EmptyState>
        )}
      </div>
    );
  }
  return (
    <section className="mb-6">
      <h2 className="mb-2 font-semibold">
        {formatPlural(total ?? messages.length, 'message')}
        {(total ?? 0) > messages.length && `, the newest ${messages.length} of them`}
      </h2>
      <Table label="Messages in the backup">
        <TableHead>
          <Th>Received</Th>
          <Th>From</Th>
          <Th>Subject</Th>
          <Th>Folder</Th>
          <Th className="text-end">Size</Th>
          <Th className="relative">
            <span className="sr-only">Restore</span>
          </Th>
        </TableHead>
        <TableBody>
          {messages.map((message) => (
            <Row
              key={`${message.emailId} ${message.mailbox}`}
              message={message}
              user={user}
              snapshot={snapshot}
            />
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

function Folders({ mailboxes, user, snapshot }: Whose & { mailboxes: FoundInBackup['mailboxes'] }) {
  return (
    <details className="mb-6 rounded-lg border bg-surface">
      <summary className="cursor-pointer px-4 py-2.5 font-semibold">
        A whole folder ({formatPlural(mailboxes.length, 'folder')})
      </summary>
      <ul className="divide-y border-t">
        {mailboxes.map(({ name, messages }) => (
          <li
            key={name}
            aria-label={name}
            className="flex flex-wrap items-center justify-between gap-3 px-4 py-2"
          >
            <span className="min-w-0 break-words">
              {name} <span className="text-sm text-muted">{formatPlural(messages, 'message')}</span>
            </span>
            <span className="flex gap-1.5">
              <RestoreButton
                wanted={{ user, snapshot, mailbox: name, mode: 'missing' }}
                title="Put the folder back?"
                text={`What ${user} has not any more of ${name} comes back into it.`}
              >
                Put back
              </RestoreButton>
              <RestoreButton
                wanted={{ user, snapshot, mailbox: name, mode: 'beside' }}
                title="Copy the folder?"
                text={`A copy of all messages of ${name} comes into a folder “From the backup of ${snapshot.slice(0, 10)}” of ${user}.`}
              >
                Copy
              </RestoreButton>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Row({ message, user, snapshot }: Whose & { message: BackupMessage }) {
  const { emailId, mailbox, isDeleted, internalDate, from, subject, sizeBytes } = message;
  const wanted = { user, snapshot, emailId };
  return (
    <TableRow>
      <Td className="whitespace-nowrap tabular-nums">{internalDate.slice(0, 10)}</Td>
      <Td className="max-w-48 truncate">{from}</Td>
      <Td className="max-w-72 truncate">{subject || '(no subject)'}</Td>
      <Td className="max-w-40 truncate text-muted">
        {mailbox}
        {isDeleted && ' (deleted)'}
      </Td>
      <Td className="text-end whitespace-nowrap tabular-nums">{formatBytes(sizeBytes)}</Td>
      <Td>
        <span className="flex justify-end gap-1.5">
          <RestoreButton
            wanted={{ ...wanted, mode: 'missing' }}
            title="Put it back?"
            text={`“${subject}” comes back into ${mailbox}, unless ${user} has it still.`}
          >
            Put back
          </RestoreButton>
          <RestoreButton
            wanted={{ ...wanted, mode: 'beside' }}
            title="Copy it?"
            text={`A copy of “${subject}” comes into a folder “From the backup of ${snapshot.slice(0, 10)}” of ${user}.`}
          >
            Copy
          </RestoreButton>
          <a
            download="message.eml"
            href={`/admin/backup/message?${new URLSearchParams({ user, snapshot, id: emailId })}`}
            className={buttonClasses('secondary', 'sm')}
          >
            Download
          </a>
        </span>
      </Td>
    </TableRow>
  );
}

function WholeUser({ user, snapshot }: Whose) {
  const day = snapshot.slice(0, 10);
  return (
    <Section title={`All of ${user}`}>
      <div className="flex flex-col gap-3">
        <p className="flex flex-wrap items-center justify-between gap-3">
          <span className="max-w-xl text-muted">
            What is missing comes back in its place: messages, folders, contacts, rules. A user who
            is gone comes back whole.
          </span>
          <RestoreButton
            wanted={{ user, snapshot, mode: 'missing' }}
            title="Bring back what is missing?"
            text={`Everything of ${user} that the backup has and the account has not.`}
          >
            Restore what is missing
          </RestoreButton>
        </p>
        <p className="flex flex-wrap items-center justify-between gap-3">
          <span className="max-w-xl text-muted">
            All mail of the backup as a copy, into folders below “From the backup of {day}”.
          </span>
          <RestoreButton
            wanted={{ user, snapshot, mode: 'beside' }}
            title="Copy all mail beside it?"
            text={`All folders of the backup come as copies below “From the backup of ${day}”. They count in the quota.`}
          >
            Copy beside it
          </RestoreButton>
        </p>
      </div>
    </Section>
  );
}
