// What a draft remembers in header fields of its own: what it answers, and the choices of the composer that no standard
// field keeps. Read back as hostile text: anybody may have put a message into Drafts.
import { type HeaderField, readFieldText } from '../../mail/header.ts';
import type { ComposeForm, Origin, Priority } from './form.ts';
import { type Outgoing, readOrigin } from './outgoing.ts';

const originField = 'X-Drey-Origin';
const draftField = 'X-Drey-Draft';

export type Remembered = Pick<
  ComposeForm,
  'identity' | 'isHtml' | 'priority' | 'wantsReadReceipt' | 'wantsDeliveryReceipt' | 'keepBeside'
>;

/** The fields of a draft. */
export function draftFields(outgoing: Outgoing): Record<string, string> {
  const { identity, isHtml, priority } = outgoing;
  const words = [
    `identity=${identity.id || 'none'}`,
    `format=${isHtml ? 'rich' : 'plain'}`,
    `priority=${priority}`,
    ...(outgoing.draftId ? [`id=${outgoing.draftId}`] : []),
    ...(outgoing.wantsReadReceipt ? ['read-receipt'] : []),
    ...(outgoing.wantsDeliveryReceipt ? ['delivery-receipt'] : []),
    ...(outgoing.keepBeside ? ['keep-beside'] : []),
  ];
  return {
    [draftField]: words.join(' '),
    ...(outgoing.origin ? { [originField]: formatOrigin(outgoing.origin) } : {}),
  };
}

/** What a draft of ours remembers; null for another program's. */
export function parseDraftField(fields: HeaderField[]): Remembered | null {
  const text = readFieldText(fields, draftField.toLowerCase()).slice(0, 500);
  if (text === '') return null;
  const words = text.trim().split(/\s+/);
  const wordOf = (name: string) =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const identity = wordOf('identity');
  const priority = wordOf('priority');
  return {
    identity: /^[\w-]{24}$/.test(identity) ? identity : '',
    isHtml: wordOf('format') === 'rich',
    priority: (['high', 'low'].includes(priority) ? priority : 'normal') as Priority,
    wantsReadReceipt: words.includes('read-receipt'),
    wantsDeliveryReceipt: words.includes('delivery-receipt'),
    keepBeside: words.includes('keep-beside'),
  };
}

function formatOrigin({ kind, uids, folder }: Origin): string {
  return `${kind} ${uids.join(',')} ${encodeURIComponent(folder)}`;
}

/** The origin a draft remembers, or null. */
export function parseOrigin(text: string): Origin | null {
  const pattern = /^(reply|forward) ([\d,]{1,600}) (\S{1,3000})$/;
  const match = pattern.exec(text.replace(/\s+/g, ' ').trim());
  if (!match) return null;
  try {
    const uids = match[2]!.split(',').map(Number);
    return readOrigin({ kind: match[1], uids, folder: decodeURIComponent(match[3]!) });
  } catch {
    return null;
  }
}
