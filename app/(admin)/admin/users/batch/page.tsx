// Many users at once: lines that are pasted or read from a file, tried first and then done.
import type { Metadata } from 'next';
import Link from 'next/link';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { namesOf } from '#lib/accounts/staff.ts';
import { requireStaff } from '../../../../session.ts';
import { BatchForm } from './batch-form.tsx';

export const metadata: Metadata = { title: 'Many users at once' };

const shapes: [line: string, meaning: string][] = [
  ['ada:secret words:5G', 'name, password and quota; what is empty is left to Drey'],
  ['ada@example.org:{SSHA512}…', 'a hash of another server as the password'],
  ['student[001-120]', 'so many users, with passwords that are made up'],
  ['address,name,quota,password', 'first line of a table (CSV); users who are there are changed'],
  ['create:ada:secret words:::Ada Lovelace', 'lines of Webmin: create, modify and delete'],
  ['delete:ada', 'deletes, to be restored for some days'],
];

export default async function BatchPage() {
  const staff = await requireStaff('users');
  const domains = namesOf(staff.scope) ?? (await listDomainNames());
  return (
    <>
      <PageHeader
        back={
          <Link href="/admin/users" className="hover:underline">
            Users
          </Link>
        }
        title="Many users at once"
        description="One line is one user. Nothing is done before you have seen what would happen to each."
      />
      <BatchForm domains={domains} />
      <Section title="What a line may be">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[auto_minmax(0,1fr)]">
          {shapes.map(([line, meaning]) => (
            <div key={line} className="contents">
              <dt className="font-mono text-sm break-all">{line}</dt>
              <dd className="text-muted">{meaning}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </>
  );
}
