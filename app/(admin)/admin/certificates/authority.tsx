// The authority that gives certificates by ACME: its terms, and our account there.
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { findAgreement } from '#lib/certificates/acme-account.ts';
import { readSettings } from '#lib/settings/index.ts';
import { Agreement, ChangeAccountKey, Terms } from './authority-form.tsx';

export async function Authority() {
  const [agreement, settings] = await Promise.all([findAgreement(), readSettings()]);
  const directory = settings['tls.acmeDirectory'];
  return (
    <div className="mt-8">
      <Section
        title="Authority (ACME)"
        description="Proves that a name leads here and gives a certificate for nothing; renewed by itself."
        action={agreement ? <ChangeAccountKey /> : undefined}
      >
        <dl className="mb-4 flex flex-col gap-1.5">
          <Fact term="Authority">
            <span className="break-all">{directory}</span>{' '}
            <Link href="/admin/settings/tls" className="text-sm text-accent-text hover:underline">
              Change
            </Link>
          </Fact>
          <Fact term="Contact">
            {settings['tls.acmeContact'] || <span className="text-muted">none</span>}
          </Fact>
          <Fact term="Account">
            {agreement ? (
              <>
                <Badge tone={agreement.isRegistered ? 'ok' : 'warn'}>
                  {agreement.isRegistered ? 'registered' : 'not yet registered'}
                </Badge>{' '}
                <span className="text-muted">
                  {agreement.agreedBy} agreed to{' '}
                  <Terms address={agreement.terms}>the terms of service</Terms>,{' '}
                  <Time at={agreement.agreedAt} />
                </span>
              </>
            ) : (
              <Badge tone="warn">none</Badge>
            )}
          </Fact>
        </dl>
        <Agreement hasAccount={agreement !== null} />
      </Section>
    </div>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap gap-x-4">
      <dt className="w-24 shrink-0 text-muted">{term}</dt>
      <dd className="min-w-0 flex-1 basis-52 break-words">{children}</dd>
    </div>
  );
}
