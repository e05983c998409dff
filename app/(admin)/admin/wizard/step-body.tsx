// What each step shows above its checks.
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { type FirstRunStep, listFirstDomains } from '#lib/accounts/first-run.ts';
import { hasNoConditions, listRelayRules } from '#lib/queue/relay-rule.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import { readCertificate } from '../../../daemon.ts';
import { FinishStep } from './finish-step.tsx';
import { DirectButton, DomainForm, HostForm, SmartHostForm } from './step-forms.tsx';

export async function StepBody({ step, admin }: { step: FirstRunStep; admin: Account }) {
  switch (step) {
    case 'host':
      return <HostForm hostname={await serverHostname()} />;
    case 'domain':
      return <DomainStep />;
    case 'leaving':
      return <LeavingStep />;
    case 'certificate':
      return <CertificateStep />;
    case 'ports':
      return <PortsStep />;
    case 'finish':
      return <FinishStep admin={admin} />;
  }
}

async function DomainStep() {
  const names = await listFirstDomains();
  return (
    <div className="flex flex-col gap-4">
      {names.length > 0 && (
        <ul aria-label="Domains" className="flex flex-wrap gap-2">
          {names.map((name) => (
            <li key={name}>
              <Link
                href={`/admin/domains/${encodeURIComponent(name)}/dns`}
                className="inline-flex rounded-md border px-2.5 py-1 text-accent-text hover:bg-hover"
              >
                {name}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <DomainForm />
    </div>
  );
}

async function LeavingStep() {
  const rules = await listRelayRules();
  const smart = rules.find((rule) => hasNoConditions(rule) && rule.target === 'hosts');
  return (
    <div className="flex flex-col gap-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone="accent">now</Badge>
        {smart ? (
          <>
            Through {smart.hosts}
            {smart.username && `, as ${smart.username}`}
          </>
        ) : (
          'Directly to the servers of the recipients'
        )}
        {smart && <DirectButton />}
      </p>
      <p className="max-w-2xl text-muted">
        Directly is best where port 25 is open and the address has the name of the server. Where a
        check below has a problem that your provider cannot solve, fill in a smart host; its login
        is tried before anything is changed.
      </p>
      <SmartHostForm hosts={smart?.hosts ?? ''} username={smart?.username ?? ''} />
    </div>
  );
}

async function CertificateStep() {
  const certificate = await readCertificate();
  return (
    <div className="flex flex-col items-start gap-4">
      <p>
        {certificate
          ? `In use: ${certificate.subject}, ${certificate.isSelfSigned ? 'self-signed' : `by ${certificate.issuer}`}, until ${certificate.validTo.toISOString().slice(0, 10)}.`
          : 'Which one is in use could not be seen.'}
      </p>
      <p className="max-w-2xl text-muted">
        Let the server get one for nothing (Let’s Encrypt): the name must lead here, and port 80 be
        reachable. Or name the files of a certificate that you have.
      </p>
      <ButtonLink href="/admin/certificates">Certificates</ButtonLink>
    </div>
  );
}

async function PortsStep() {
  const { 'server.bind': bind } = await readSettings();
  const words: Record<string, string> = {
    loopback: 'Only programs of this machine (to look around)',
    all: 'Everybody who reaches it',
  };
  return (
    <div className="flex flex-col items-start gap-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone="accent">now</Badge> {words[bind] ?? `At ${bind}`}
      </p>
      <Facts>
        <li>
          <strong>Listen on</strong> (server.bind): <em>all</em> lets everybody in.
        </li>
        <li>
          <strong>Listeners</strong> → Standard ports opens 25, 465, 587, 993 and the others, and
          says which right of the system is missing.
        </li>
        <li>In a firewall or router these ports must lead here too.</li>
      </Facts>
      <div className="flex flex-wrap gap-2">
        <ButtonLink href="/admin/settings/server">Listen on</ButtonLink>
        <ButtonLink href="/admin/listeners">Listeners</ButtonLink>
      </div>
    </div>
  );
}

function Facts({ children }: { children: ReactNode }) {
  return <ul className="flex max-w-2xl list-disc flex-col gap-1 ps-5 text-muted">{children}</ul>;
}
