// What can be done to the users that are chosen in the list.
'use client';
import { BulkBar, type BulkQuestion } from '#components/admin/table/bulk-bar.tsx';
import type { AskedAction } from './asked-action.ts';
import { changeUsersAction } from './bulk-actions.ts';

const questions: BulkQuestion<AskedAction>[] = [
  {
    label: 'Disable',
    title: 'Disable these users?',
    text: 'They cannot sign in anywhere, and mail to them is refused. The mailboxes stay.',
    make: () => ({ do: 'disable' }),
  },
  {
    label: 'Enable',
    title: 'Enable these users?',
    text: 'They sign in and get mail again.',
    make: () => ({ do: 'enable' }),
  },
  {
    label: 'Quota…',
    title: 'Set the quota',
    text: 'Nobody loses mail by a smaller one; nothing more comes.',
    field: { label: 'Quota', help: 'Such as 5 GB; 0 for none; empty for the default' },
    make: (quota) => ({ do: 'quota', quota }),
  },
  {
    label: 'New password…',
    title: 'Ask these users for another password?',
    text: 'The web asks for it before anything else. Mail programs go on with the present one until then.',
    make: () => ({ do: 'must-change' }),
  },
  {
    label: 'Add to group…',
    title: 'Add to a group',
    text: 'A group is an alias that is there already; its mail reaches these users too.',
    field: { label: 'Alias', help: 'Such as team@example.org' },
    make: (alias) => ({ do: 'join', alias }),
  },
  {
    label: 'Delete…',
    title: 'Delete these users?',
    text: 'They can be restored for some days (Settings → Storage). Their addresses stay taken so long, and mail for them is refused.',
    isDanger: true,
    make: () => ({ do: 'delete' }),
  },
];

const restoring: BulkQuestion<AskedAction>[] = [
  {
    label: 'Restore',
    title: 'Restore these users?',
    text: 'They come back with their mail and passwords.',
    make: () => ({ do: 'restore' }),
  },
];

/** `filter`: the parameters of the page. */
export function BulkUsers({
  filter,
  areDeleted,
}: {
  filter: Record<string, string>;
  areDeleted: boolean;
}) {
  return (
    <BulkBar
      noun="user"
      filter={filter}
      questions={areDeleted ? restoring : questions}
      perform={changeUsersAction}
    />
  );
}
