// What rules look at of a message, the same for the daemon at delivery and for the webmail on messages that are there.
import { parseAddressList } from '../mail/address.ts';
import {
  decodeUnstructured,
  findFields,
  type HeaderField,
  parseHeaderFields,
  readRawText,
} from '../mail/header.ts';

/** Of the text so much is looked at. */
export const maxBodyLength = 256 * 1024;
const maxValues = 200;
const maxFieldLength = 16 * 1024;
const maxValueLength = 4000;
/** Of the values of one field together: hundreds of conditions walk through them. */
const maxLength = 64 * 1024;

export type FilterMessage = {
  from: string[];
  to: string[];
  cc: string[];
  subject: string[];
  list: string[];
  /** Values of header fields of a name in lower case. */
  header(name: string): string[];
  body: string;
  sizeBytes: number;
  hasAttachments: boolean;
  /** The author stands in the address book. */
  isContact: boolean;
  /** The checks of the server say so. */
  isSpam: boolean;
};

export type FilterSource = {
  /** Header block; several one after the other are one. */
  header: Buffer;
  bodyText: string;
  sizeBytes: number;
  hasAttachments: boolean;
  isContact: boolean;
  isSpam: boolean;
};

/** Text for comparing: no difference of case or of how letters are written. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The addresses of the From fields, canonical enough to be compared: lower case. */
export function readAuthors(header: Buffer): string[] {
  const fields = parseHeaderFields(header, new Set(['from']));
  return listAddresses(fields, 'from').map(({ address }) => address.toLowerCase());
}

/** Reads no more than is asked for: most rules look at one or two fields. */
export function readFilterMessage(source: FilterSource): FilterMessage {
  const fields = parseHeaderFields(source.header);
  let body: string | null = null;
  const people = remember((name) =>
    cutList(
      listAddresses(fields, name).flatMap(({ name, address }) => [
        foldText(address),
        ...(name ? [foldText(name), foldText(`${name} <${address}>`)] : []),
      ]),
    ),
  );
  const values = remember((name) =>
    cutList(
      findFields(fields, name)
        .slice(0, maxValues)
        .map(({ rawValue }) => decodeUnstructured(rawValue.slice(0, maxFieldLength)))
        .map((text) => foldText(text.trim()).slice(0, maxValueLength)),
    ),
  );
  const { sizeBytes, hasAttachments, isContact, isSpam } = source;
  return {
    ...{ sizeBytes, hasAttachments, isContact, isSpam },
    get from() {
      return people('from');
    },
    get to() {
      return people('to');
    },
    get cc() {
      return people('cc');
    },
    get subject() {
      return values('subject').slice(0, 1);
    },
    // RFC 2919 §2: the identifier in angle brackets, words before it.
    get list() {
      return values('list-id').flatMap((text) => {
        const id = /<([^<>]{1,300})>/.exec(text)?.[1]?.trim();
        return id ? [id, text] : [text];
      });
    },
    header: values,
    get body() {
      body ??= foldText(source.bodyText.slice(0, maxBodyLength));
      return body;
    },
  };
}

/** The first ones, as far as all are to be looked at together. */
function cutList(texts: string[]): string[] {
  let left = maxLength;
  return texts.filter(({ length }) => {
    left -= length;
    return left >= 0;
  });
}

function remember(read: (name: string) => string[]): (name: string) => string[] {
  const known = new Map<string, string[]>();
  return (name) => {
    const found = known.get(name) ?? read(name);
    known.set(name, found);
    return found;
  };
}

function listAddresses(fields: HeaderField[], name: string): { name: string; address: string }[] {
  return findFields(fields, name)
    .slice(0, 20)
    .flatMap(({ rawValue }) => parseAddressList(readRawText(rawValue.slice(0, maxFieldLength))))
    .slice(0, maxValues)
    .map((one) => ({
      name: one.name.slice(0, maxValueLength),
      address: one.domain ? `${one.local}@${one.domain}` : one.local,
    }));
}
