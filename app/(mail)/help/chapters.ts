// The chapters of the help in the reader's language, and the search in them.
import { getLocale, getMessages } from 'next-intl/server';

type Section = { title: string; text: string };
/** Without sections where the build drops an empty object. */
type Chapter = { title: string; intro: string; sections?: Record<string, Section> };
export type HelpChapter = Omit<Chapter, 'sections'> & {
  id: string;
  sections: (Section & { id: string })[];
};

/** In their order. */
export async function readChapters(): Promise<HelpChapter[]> {
  const { help } = await getMessages();
  const chapters = help.chapters as unknown as Record<string, Chapter>;
  return Object.entries(chapters).map(([id, { sections = {}, ...chapter }]) => ({
    id,
    ...chapter,
    sections: Object.entries(sections).map(([name, section]) => ({ id: name, ...section })),
  }));
}

export type HelpHit = Section & { href: string; chapter: string };

/** Sections with every word of the query in title, text or the chapter's name; those with it in the title first. */
export async function searchHelp(query: string): Promise<HelpHit[]> {
  const locale = await getLocale();
  const fold = (text: string) => text.toLocaleLowerCase(locale).normalize('NFC');
  const words = fold(query.slice(0, 200)).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits = (await readChapters()).flatMap(({ id, title: chapter, sections }) =>
    sections.map((section) => {
      const { title, text } = section;
      const whole = fold(`${chapter} ${title} ${text}`);
      const isHit = words.every((word) => whole.includes(word));
      const isTitled = words.every((word) => fold(title).includes(word));
      return { hit: { title, text, chapter, href: `/help/${id}#${section.id}` }, isHit, isTitled };
    }),
  );
  return hits
    .filter(({ isHit }) => isHit)
    .sort((a, b) => Number(b.isTitled) - Number(a.isTitled))
    .map(({ hit }) => hit);
}
