// Who sent a message, in words, and what to be careful about.
'use client';
import { BadgeCheck, CircleHelp, ShieldAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { Authentication } from '#lib/webmail/reader/authentication.ts';
import type { BodyView, MessageView } from '#lib/webmail/reader/message.ts';

export function ProofLine({
  authentication,
  sender,
}: {
  authentication: Authentication;
  sender: string;
}) {
  const t = useTranslations('reader.proof');
  const { spf, dkim, dmarc } = authentication;
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const isProven = dmarc.outcome === 'pass';
  const text = isProven
    ? t('proven', { domain })
    : dmarc.outcome === 'fail'
      ? t('failed', { domain })
      : dkim.outcome === 'pass'
        ? t('signed', { domain: dkim.domain })
        : spf.outcome === 'pass'
          ? t('allowed', { domain: spf.domain })
          : t('none', { domain });
  const outcomes = {
    spf: t(`outcomes.${spf.outcome}`),
    dkim: t(`outcomes.${dkim.outcome}`),
    dmarc: t(`outcomes.${dmarc.outcome}`),
  };
  const Icon = isProven ? BadgeCheck : dmarc.outcome === 'fail' ? ShieldAlert : CircleHelp;
  return (
    <span className="break-words">
      <Icon
        aria-hidden
        className={`me-1 inline size-4 align-text-bottom ${isProven ? 'text-ok-text' : dmarc.outcome === 'fail' ? 'text-danger-text' : 'text-muted'}`}
      />
      {text} <span className="text-muted">({t('detail', outcomes)})</span>
    </span>
  );
}

/** Grave: somebody else may have written it. The others are worth knowing. */
const grave = new Set(['own-spoofed', 'failed', 'look-alike', 'mixed-script', 'name-address']);

export function Warnings({ message, bodies }: { message: MessageView; bodies: BodyView[] }) {
  const t = useTranslations('reader.warnings');
  const { warnings } = message.facts;
  const oddLinks = bodies.reduce(
    (sum, body) => sum + (body.kind === 'html' ? body.oddLinks : 0),
    0,
  );
  const lines = warnings.map(({ kind, value }) => ({ key: kind, text: t(kind, { value }) }));
  if (oddLinks > 0)
    lines.push({ key: 'odd-links' as never, text: t('odd-links', { count: oddLinks }) });
  if (lines.length === 0) return null;
  const isGrave = oddLinks > 0 || warnings.some(({ kind }) => grave.has(kind));
  // A first mail from somebody is no alarm.
  const isQuiet = lines.every(({ key }) => key === 'first-time');
  if (isQuiet) {
    return (
      <p className="mx-4 mb-2 shrink-0 text-sm text-muted md:mx-6 print:hidden">{lines[0]?.text}</p>
    );
  }
  return (
    <section
      aria-label={t('title')}
      className={`mx-4 mb-2 flex shrink-0 gap-2.5 rounded-md px-3 py-2 text-sm md:mx-6 print:hidden ${isGrave ? 'bg-danger-soft text-danger-text' : 'bg-warn-soft text-warn-text'}`}
    >
      <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">
        <p className="font-semibold">{t('title')}</p>
        <ul className="break-words">
          {lines.map(({ key, text }) => (
            <li key={key}>{text}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}
