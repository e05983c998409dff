// What a domain writes below the outgoing mail of its users: a text, an HTML form of it, and whose mail gets it.
import { db, readOnceACommit } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { recordChangeIn } from '../trail/change.ts';
import { requireDomain } from './domain.ts';
import { recordedDomain } from './recorded.ts';

export type Footer = {
  text: string;
  /** As it was written, not cleaned; empty = made of the text */
  html: string;
  /** 'everyone': mail to users here too */
  for: 'outside' | 'everyone';
};

const maxText = 4000;
const maxHtml = 20_000;
const maxLine = 900;

const readFooters = readOnceACommit(async () => {
  const rows = await db.$queryRaw<
    { name: string; footerText: string; footerHtml: string; footerFor: string }[]
  >`SELECT "name", "footerText", "footerHtml", "footerFor" FROM "Domain"
    WHERE "footerText" <> '' OR "footerHtml" <> ''`;
  return new Map(rows.map(({ name, ...row }) => [name, toFooter(row)]));
});

function toFooter(row: { footerText: string; footerHtml: string; footerFor: string }): Footer {
  const whose = row.footerFor === 'everyone' ? 'everyone' : 'outside';
  return { text: row.footerText, html: row.footerHtml, for: whose };
}

/** The footer of the domain of that name (A-label), or null where it has none. */
export async function findFooter(domain: string): Promise<Footer | null> {
  return (await readFooters()).get(domain) ?? null;
}

/** Whether a domain wants it in mail to users here too: else nobody needs to look at that mail. */
export async function hasFooterForAll(): Promise<boolean> {
  return [...(await readFooters()).values()].some((footer) => footer.for === 'everyone');
}

/** Sets the footer of a domain, or takes it away where both forms are empty. Refusal 'not-found', 'invalid'. */
export async function writeFooter(name: string, footer: Footer, by: string): Promise<void> {
  const domain = await requireDomain(name);
  const text = footer.text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trimEnd();
  const html = footer.html.trim();
  requireFit(text, html);
  const data = { footerText: text, footerHtml: html, footerFor: footer.for };
  await revise(by, recordedDomain, domain.name, async (tx) => {
    await tx.domain.update({ where: { id: domain.id }, data });
    const what = text === '' && html === '' ? 'removed' : `for ${footer.for}: ${text || html}`;
    await recordChangeIn(tx, by, `footer of ${domain.name}`, what.slice(0, 500));
  });
}

function requireFit(text: string, html: string): void {
  if (text.length > maxText || text.split('\n').some((line) => Buffer.byteLength(line) > maxLine)) {
    const limits = `${maxText} characters, and ${maxLine} octets a line`;
    throw new Refusal('invalid', `The text has at most ${limits}.`, 'text');
  }
  if (html.length > maxHtml) {
    throw new Refusal('invalid', `The HTML has at most ${maxHtml} characters.`, 'html');
  }
}
