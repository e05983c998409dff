// The authority that gives certificates by ACME: its terms, and our account there.
import Link from 'next/link';
import { type ReactNode, Suspense } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { findAgreement } from '#lib/certificates/acme-account.ts';
import { askDaemon } from '#lib/control.ts';
import { readSettings } from '#lib/settings/index.ts';
import { AgreeForm, ChangeAccountKey } from './authority-form.tsx';

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
        {agreement ? (
          <details>
            <summary className="cursor-pointer text-sm text-muted">Make a new account</summary>
            <div className="mt-3">
              <Agree />
            </div>
          </details>
        ) : (
          <Agree />
        )}
      </Section>
    </div>
  );
}

function Agree() {
  return (
    <Suspense fallback={<p className="text-muted">Asking the authority…</p>}>
      <AskedTerms />
    </Suspense>
  );
}

async function AskedTerms() {
  const asked = await askDaemon<{ terms: string }>('acme-terms').catch((error: Error) => error);
  if (asked instanceof Error) {
    return <p className="break-words text-sm text-danger-text">{asked.message}</p>;
  }
  return (
    <>
      <p className="mb-3">
        <Terms address={asked.terms}>The terms of service of the authority</Terms>
      </p>
      <AgreeForm />
    </>
  );
}

/** The address is the authority's: a link only where it is a page. */
function Terms({ address, children }: { address: string; children: ReactNode }) {
  if (!address.startsWith('https://')) return children;
  return (
    <a
      href={address}
      target="_blank"
      rel="noreferrer"
      className="text-accent-text underline hover:no-underline"
    >
      {children}
    </a>
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
