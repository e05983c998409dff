// A message for paper, in a tab of its own: opened by our pages alone, because a sender must not lead people here.
import { getTranslations } from 'next-intl/server';
import { Refusal } from '#lib/errors.ts';
import { directionOf } from '#lib/i18n/locales.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import { type PrintBody, printDocument } from '#lib/webmail/html/print-document.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';
import { type MessageView, readCleanHtml, readMessage } from '#lib/webmail/reader/message.ts';
import { currentLocale } from '../../../i18n.ts';
import { readPlace, readRoute } from '../answer.ts';
import { imageSourceOf } from '../image-source.ts';

export const GET = readRoute(async (account, request) => {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin')
    throw new Refusal('forbidden', 'Only from the reader.');
  const { folder, uid, query } = readPlace(request);
  const mayLoadRemote = query.get('images') === '1';
  const isPlain = query.get('plain') === '1';
  const message = await readMessage(account, folder, uid);
  const habits = await readPreferences(account.id);
  const hasPlainLinks = habits['reading.unwrapLinks'];
  const bodies: PrintBody[] = [];
  for (const body of message.bodies) {
    if (body.kind === 'text') bodies.push(body);
    else {
      const wish = { mayLoadRemote, isDark: false, hasPlainLinks };
      bodies.push(await readCleanHtml(account, folder, uid, body.part, wish));
    }
  }
  const language = await currentLocale();
  const t = await getTranslations('reader');
  const date = new Date(message.sentAt ?? message.receivedAt);
  const zone = habits['display.timeZone'];
  const timeZone = zone === 'auto' ? readZone(query.get('zone')) : zone;
  const shownDate = date.toLocaleString(language, {
    dateStyle: 'full',
    timeStyle: 'long',
    timeZone,
  });
  const lines = [
    [t('head.from'), listPeople(message.from)],
    [t('head.to'), listPeople(message.to)],
    [t('head.cc'), listPeople(message.cc)],
    [t('head.bcc'), listPeople(message.bcc)],
    [t('head.date'), shownDate],
  ] as [string, string][];
  const { html, headers } = printDocument(
    {
      title: message.subject || t('noSubject'),
      lines: lines.filter(([, value]) => value !== ''),
      bodies: isPlain ? await plainBodies(message, bodies) : bodies,
      files: message.attachments.map(({ fileName }) => fileName),
      language,
      direction: directionOf(language),
    },
    { mayLoadRemote, imageSource: imageSourceOf(request) },
  );
  return new Response(html, { headers });
});

/** Text alone where the reader looks at it so. */
async function plainBodies(message: MessageView, bodies: PrintBody[]): Promise<PrintBody[]> {
  const { htmlToText } = await import('#lib/mail/text.ts');
  const { toTextBlocks } = await import('#lib/webmail/reader/text-blocks.ts');
  return message.bodies.map((body, i) => {
    const made = bodies[i];
    if (body.kind === 'text') return body;
    return { blocks: toTextBlocks(made && 'html' in made ? htmlToText(made.html) : '') };
  });
}

function listPeople(people: readonly Person[]): string {
  return people.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ');
}

function readZone(zone: string | null): string {
  try {
    if (zone && zone.length < 60)
      return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    // A zone this machine does not know
  }
  return 'UTC';
}
