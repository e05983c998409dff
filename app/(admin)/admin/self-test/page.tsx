// Whether what the webmail needs works, tried now (SquirrelMail: configtest).
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { requireAdmin } from '../../../session.ts';
import { runTrials, type Verdict } from './trials.ts';

export const metadata: Metadata = { title: 'Self-test' };

const looks: Record<Verdict, { tone: Tone; word: string }> = {
  good: { tone: 'ok', word: 'Works' },
  warning: { tone: 'warn', word: 'Look at it' },
  bad: { tone: 'danger', word: 'Fails' },
};

export default async function SelfTestPage() {
  const admin = await requireAdmin();
  return (
    <>
      <PageHeader
        title="Self-test"
        description="Everything the webmail leans on, tried at this moment with your own account."
        action={<ButtonLink href="/admin/self-test">Try again</ButtonLink>}
      />
      <Suspense fallback={<p className="text-muted">Trying…</p>}>
        <Outcomes admin={admin} />
      </Suspense>
    </>
  );
}

/** Behind the rest of the page: some wait for the network. */
async function Outcomes({ admin }: { admin: Account }) {
  const outcomes = await runTrials(admin);
  return (
    <Table label="Trials">
      <TableHead>
        <Th>Part</Th>
        <Th>Verdict</Th>
        <Th>Found</Th>
        <Th className="hidden text-end sm:table-cell">Time</Th>
      </TableHead>
      <TableBody>
        {outcomes.map(({ name, verdict, text, milliseconds }) => (
          <TableRow key={name}>
            <Td className="font-medium">{name}</Td>
            <Td>
              <Badge tone={looks[verdict].tone}>{looks[verdict].word}</Badge>
            </Td>
            <Td className="text-muted wrap-anywhere">{text}</Td>
            <Td className="hidden text-end whitespace-nowrap tabular-nums sm:table-cell">
              {Math.round(milliseconds)} ms
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
