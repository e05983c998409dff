// Whether a link leads where it seems to lead. Pure.
import { domainToASCII } from 'node:url';
import { isInternational, isMixedScript, mainDomain } from '../reader/domain-look.ts';

export type LinkLook = {
  /** Host in ASCII, so that a look-alike shows; the address of a mailto: link */
  target: string;
  /** Something is wrong with it */
  isOdd: boolean;
};

const shownDomain =
  /(?:^|[\s"'(<[])(?:https?:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}]{2,24})(?=[\s/:?#"')>\]]|$)/iu;
/** Ends that are names of files more often than of domains. */
const fileEndings = /\.(?:pdf|docx?|xlsx?|pptx?|zip|txt|html?|png|jpe?g|gif|mov|js|md|py|sh)$/i;

/** What to tell about a link with this text; null for what is no link to elsewhere. */
export function lookAtLink(href: string, text: string): LinkLook | null {
  const mailto = /^mailto:([^?]{1,320})/i.exec(href)?.[1];
  if (mailto) return { target: decode(mailto), isOdd: isMailOdd(decode(mailto), text) };
  const url = URL.parse(href);
  if (!url?.host) return null;
  const host = url.host;
  const shown = shownDomain.exec(text.slice(0, 500).normalize('NFKC'))?.[1] ?? '';
  const isElsewhere =
    shown !== '' && !fileEndings.test(shown) && mainDomain(shown) !== mainDomain(url.hostname);
  const isDisguised =
    url.username !== '' ||
    isMixedScript(url.hostname) ||
    (isInternational(url.hostname) && domainToASCII(shown) !== url.hostname);
  return { target: host, isOdd: isElsewhere || isDisguised };
}

function isMailOdd(address: string, text: string): boolean {
  const shown = /[^\s<>@]+@([^\s<>@]+\.[a-z]{2,})/i.exec(text)?.[1]?.toLowerCase();
  return shown !== undefined && mainDomain(shown) !== mainDomain(address.split('@').pop() ?? '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
