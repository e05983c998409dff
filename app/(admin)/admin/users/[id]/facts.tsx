// What is known of a user at a glance: how full, the last sign-in, and the ways to deleted messages and events.
import Link from 'next/link';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { Time } from '#components/ui/time.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { buildHref } from '../../../parameters.ts';

export function Facts({
  account,
  limitBytes,
  limitMessages,
  mayRestore,
}: {
  account: Account;
  limitBytes: number;
  limitMessages: number;
  mayRestore: boolean;
}) {
  const facts = [
    { term: 'Storage', value: <QuotaBar used={account.usedBytes} limit={limitBytes} /> },
    {
      term: 'Messages',
      value: <QuotaBar used={account.usedMessages} limit={limitMessages} unit="messages" />,
    },
    {
      term: 'Last sign-in',
      value: account.lastLoginAt ? <Time at={account.lastLoginAt} /> : 'never',
    },
    { term: 'Added', value: <Time at={account.createdAt} /> },
    ...(mayRestore
      ? [
          {
            term: 'Deleted messages',
            value: (
              <Link
                href={`/admin/users/${account.id}/deleted`}
                className="text-accent-text hover:underline"
              >
                Restore
              </Link>
            ),
          },
        ]
      : []),
    {
      term: 'Trail',
      value: (
        <Link
          href={buildHref('/admin/events', { q: account.address })}
          className="text-accent-text hover:underline"
        >
          Events
        </Link>
      ),
    },
  ];
  return (
    <dl className="mb-6 flex flex-wrap gap-x-10 gap-y-3">
      {facts.map(({ term, value }) => (
        <div key={term}>
          <dt className="text-sm text-faint">{term}</dt>
          <dd className="mt-0.5">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
