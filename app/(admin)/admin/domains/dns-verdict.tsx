// What the DNS said last of a domain in the list, leading to its records.
import Link from 'next/link';
import { Badge } from '#components/ui/badge.tsx';
import { Time } from '#components/ui/time.tsx';
import type { ListedDomain } from '#lib/accounts/domain-list.ts';

export function DnsVerdict({
  domain: { name, dns },
  isShort = false,
}: {
  domain: Pick<ListedDomain, 'name' | 'dns'>;
  /** On one line, without the time */
  isShort?: boolean;
}) {
  const { tone, word } = describe(dns.wrong);
  return (
    <>
      <Link
        href={`/admin/domains/${encodeURIComponent(name)}/dns`}
        aria-label={`DNS of ${name}: ${[word, dns.text].filter(Boolean).join(', ')}`}
        title={dns.text || undefined}
        className="hover:underline"
      >
        <Badge tone={tone}>{isShort ? `DNS ${word}` : word}</Badge>
      </Link>
      {!isShort && dns.checkedAt && (
        <Time at={dns.checkedAt} className="block text-sm text-muted" />
      )}
    </>
  );
}

function describe(wrong: number): { tone: 'neutral' | 'ok' | 'warn'; word: string } {
  if (wrong < 0) return { tone: 'neutral', word: 'not known' };
  return wrong === 0 ? { tone: 'ok', word: 'right' } : { tone: 'warn', word: `${wrong} wrong` };
}
