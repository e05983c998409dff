// Telling all users something: a banner in the webmail, a mail into every mailbox, or both.
import { Megaphone } from 'lucide-react';
import type { Metadata } from 'next';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { type Announcement, listAnnouncements } from '#lib/accounts/announcement.ts';
import { now } from '#lib/clock.ts';
import { requireAdmin } from '../../../session.ts';
import { EndButton, RemoveButton } from './announcement-buttons.tsx';
import { AnnouncementForm } from './announcement-form.tsx';

export const metadata: Metadata = { title: 'Announcement' };

export default async function AnnouncementPage() {
  await requireAdmin();
  const announcements = await listAnnouncements();
  const isAtWork = announcements.some(({ mail }) => mail === 'waiting');
  return (
    <>
      {isAtWork && <AutoRefresh seconds={5} />}
      <PageHeader
        title="Announcement"
        description="Tell all users of this server, or of some domains, what they should know: a maintenance, a new address, a wave of phishing."
      />
      <Section title="Tell something new">
        <AnnouncementForm />
      </Section>
      <Section title="Told so far">
        {announcements.length === 0 ? (
          <EmptyState icon={<Megaphone />} title="Nothing was told yet" />
        ) : (
          <ul className="-m-4 divide-y">
            {announcements.map((announcement) => (
              <Told key={announcement.id} announcement={announcement} />
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

function Told({ announcement }: { announcement: Announcement }) {
  const { id, level, text, domains, until, subject, mail, mailed, by, createdAt } = announcement;
  const isShown = until !== null && until > now();
  const isActive = isShown || mail === 'waiting';
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2">
          {level === 'warning' && <Badge tone="warn">warning</Badge>}
          {isShown && <Badge tone="ok">shown</Badge>}
          {mail !== '' && <MailState mail={mail} mailed={mailed} />}
          <span className="text-sm text-muted">
            <Time at={createdAt} />, by {by}, for{' '}
            {domains.length > 0 ? domains.join(', ') : 'all users'}
            {until && (
              <>
                , banner until <Time at={until} />
              </>
            )}
          </span>
        </p>
        {subject && (
          <p dir="auto" className="mt-1 font-medium break-words">
            {subject}
          </p>
        )}
        <p dir="auto" className="mt-0.5 break-words whitespace-pre-line">
          {text}
        </p>
      </div>
      {isActive ? <EndButton id={id} /> : <RemoveButton id={id} />}
    </li>
  );
}

function MailState({ mail, mailed }: { mail: Announcement['mail']; mailed: number }) {
  const words = { waiting: 'being delivered', done: 'delivered', stopped: 'stopped', '': '' }[mail];
  const tone = ({ waiting: 'info', done: 'ok', stopped: 'neutral', '': 'neutral' } as const)[mail];
  return (
    <Badge tone={tone}>
      mail {words}: {formatCount(mailed)}
    </Badge>
  );
}
