// One chapter of the help; that of the keyboard is made from the list of commands.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { requireUser } from '../../../session.ts';
import { readChapters } from '../chapters.ts';
import { KeyboardMap } from '../keyboard-map.tsx';

type Properties = { params: Promise<{ chapter: string }> };

async function findChapter(params: Properties['params']) {
  const { chapter } = await params;
  return (await readChapters()).find(({ id }) => id === chapter);
}

export async function generateMetadata({ params }: Properties): Promise<Metadata> {
  return { title: (await findChapter(params))?.title };
}

export default async function ChapterPage({ params }: Properties) {
  const { id: accountId } = await requireUser();
  const chapter = await findChapter(params);
  if (!chapter) notFound();
  const t = await getTranslations('help');
  return (
    <article className="max-w-2xl">
      <p className="mb-1 md:hidden">
        <Link href="/help" className="text-muted underline">
          {t('all')}
        </Link>
      </p>
      <h1 className="text-xl font-semibold tracking-tight">{chapter.title}</h1>
      <p className="text-muted">{chapter.intro}</p>
      {chapter.sections.map(({ id, title, text }) => (
        <section key={id} id={id} className="mt-5 rounded-md target:bg-accent-soft">
          <h2 className="font-semibold">{title}</h2>
          <p className="mt-1 leading-relaxed">{text}</p>
        </section>
      ))}
      {chapter.id === 'keyboard' && <KeyboardMap accountId={accountId} />}
    </article>
  );
}
