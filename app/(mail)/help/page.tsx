// The help: all chapters, or what a search found in them.
import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { requireUser } from '../../session.ts';
import { readChapters, searchHelp } from './chapters.ts';

type Properties = { searchParams: Promise<{ q?: string | string[] }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('help'))('title') };
}

export default async function HelpPage({ searchParams }: Properties) {
  await requireUser();
  const { q } = await searchParams;
  const query = typeof q === 'string' ? q.trim().slice(0, 200) : '';
  const t = await getTranslations('help');
  if (query === '') return <AllChapters />;
  const hits = await searchHelp(query);
  return (
    <>
      <h1 className="mb-1 text-xl font-semibold tracking-tight">{t('title')}</h1>
      <p className="mb-4 text-muted">{t('found', { count: hits.length, query })}</p>
      <ul className="flex flex-col gap-4">
        {hits.map((hit) => (
          <li key={hit.href}>
            <Link href={hit.href} className="font-medium text-accent-text underline">
              {hit.title}
            </Link>{' '}
            <span className="text-sm text-muted">{hit.chapter}</span>
            <p className="line-clamp-2 max-w-2xl">{hit.text}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

async function AllChapters() {
  const t = await getTranslations('help');
  const chapters = await readChapters();
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">{t('title')}</h1>
      <p className="mb-4 text-muted">{t('intro')}</p>
      <ul className="grid gap-3 lg:grid-cols-2">
        {chapters.map(({ id, title, intro }) => (
          <li key={id}>
            <Link
              href={`/help/${id}`}
              className="block h-full rounded-lg border p-4 hover:bg-hover"
            >
              <span className="block font-medium">{title}</span>
              <span className="block text-sm text-muted">{intro}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
