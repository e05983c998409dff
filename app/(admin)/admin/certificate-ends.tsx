// How many days each certificate has left, those that want somebody first.
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { formatPlural } from '#components/ui/format.ts';
import {
  type CertificateEnd,
  daysUntil,
  listCertificateEnds,
  soonDays,
} from '#lib/certificates/health.ts';

const mostShown = 8;

export async function CertificateEnds() {
  const ends = await listCertificateEnds();
  if (ends.length === 0) {
    return <p className="text-muted">Only the self-signed one: programs warn of it.</p>;
  }
  return (
    <ul className="-my-2 divide-y">
      {ends.slice(0, mostShown).map((end) => (
        <li
          key={`${end.name} ${end.expiresAt?.getTime()}`}
          className="flex items-baseline justify-between gap-3 py-2"
        >
          <span className="min-w-0 wrap-anywhere">{end.name}</span>
          <Badge tone={toneOf(end)}>{describe(end)}</Badge>
        </li>
      ))}
      {ends.length > mostShown && (
        <li className="py-2 text-sm text-muted">
          and {ends.length - mostShown} more, which end later
        </li>
      )}
    </ul>
  );
}

function describe({ expiresAt }: CertificateEnd): string {
  if (!expiresAt) return 'none yet';
  const days = daysUntil(expiresAt);
  return days < 0 ? 'expired' : formatPlural(days, 'day left', 'days left');
}

function toneOf({ expiresAt, problem }: CertificateEnd): Tone {
  if (!expiresAt) return problem ? 'danger' : 'warn';
  const days = daysUntil(expiresAt);
  if (days < 0) return 'danger';
  return problem || days < soonDays ? 'warn' : 'ok';
}
