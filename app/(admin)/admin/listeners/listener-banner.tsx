// On every page of the panel: what the server, or another machine of it, should listen on and cannot.
import Link from 'next/link';
import { Banner } from '#components/ui/banner.tsx';
import { listFindings } from '#lib/trail/finding.ts';

export async function ListenerBanner() {
  const bad = (await listFindings('listeners ')).filter(({ isGood }) => !isGood);
  if (bad.length === 0) return null;
  return (
    <Banner tone="danger" className="mb-4">
      {bad.map(({ id, text }) => (
        <p key={id}>
          {bad.length > 1 && <strong>{id.replace(/^listeners /, '')}: </strong>}
          {text}
        </p>
      ))}
      <Link href="/admin/listeners" className="font-medium underline">
        Listeners
      </Link>
    </Banner>
  );
}
