// "Revision 482 active on 2 of 2 nodes", live, in the frame of the panel.
'use client';
import Link from 'next/link';
import { joinClasses } from '#components/ui/class-names.ts';
import { type RevisionStatus, useRevision } from './revision-watch.ts';

export function RevisionLine({ initial, href }: { initial: RevisionStatus; href: string | null }) {
  const { revision, nodes, active, isLost } = useRevision(initial);
  const isEverywhere = active === nodes && nodes > 0 && !isLost;
  const text = isLost
    ? 'The panel does not answer'
    : `Revision ${revision} active on ${active} of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  const content = (
    <>
      <span
        aria-hidden
        className={joinClasses(
          'size-1.5 shrink-0 rounded-full',
          isEverywhere ? 'bg-ok-text' : 'bg-warn-text',
        )}
      />
      <span data-revision={revision} data-active={active}>
        {text}
      </span>
    </>
  );
  const look = 'mb-1 flex items-center gap-2 rounded-md px-2 py-1 text-xs text-muted';
  return href ? (
    <Link href={href} className={joinClasses(look, 'hover:bg-hover hover:text-ink')}>
      {content}
    </Link>
  ) : (
    <p className={look}>{content}</p>
  );
}
