// Which file has which UID: Dovecot's `dovecot-uidlist` (versions 1 and 3), Courier's `courierimapuiddb` (the
// format of version 1), and Courier's list of POP3 UIDLs, `courierpop3dsizelist`.
//
//   3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1
//   25006 P00000001abc W3245 :1276528487.M364837P9451.host,S=3193

export type UidList = {
  uidValidity: number | null;
  uidNext: number | null;
  /** UID by the file's name without flags. */
  uids: Map<string, number>;
  /** UIDL by the file's name, where the list names one. */
  popUids: Map<string, string>;
};

const maxNumber = 0xffff_ffff;

/** Reads a list; lines that are no entry are passed over. Raw text. Null for another version. */
export function parseUidList(text: string): UidList | null {
  const list: UidList = { uidValidity: null, uidNext: null, uids: new Map(), popUids: new Map() };
  const lines = eachLine(text);
  const first = lines.next();
  if (first.done) return null;
  const fields = first.value.split(' ');
  if (fields[0] === '3') {
    for (const field of fields.slice(1)) {
      if (field.startsWith('V')) list.uidValidity = readNumber(field.slice(1));
      if (field.startsWith('N')) list.uidNext = readNumber(field.slice(1));
    }
    for (const line of lines) addEntry(list, line);
    return list;
  }
  if (fields[0] !== '1') return null;
  list.uidValidity = readNumber(fields[1]);
  list.uidNext = readNumber(fields[2]);
  for (const line of lines) {
    const space = line.indexOf(' ');
    const uid = readNumber(line.slice(0, space));
    if (space > 0 && uid !== null) list.uids.set(cutInfo(line.slice(space + 1)), uid);
  }
  return list;
}

function* eachLine(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
  }
}

function addEntry(list: UidList, line: string): void {
  const colon = line.indexOf(' :');
  if (colon < 0) return;
  const name = cutInfo(line.slice(colon + 2));
  const [number, ...extras] = line.slice(0, colon).split(' ');
  const uid = readNumber(number);
  if (uid === null || name === '') return;
  list.uids.set(name, uid);
  const popUid = extras.find((extra) => extra.startsWith('P'));
  if (popUid && popUid.length > 1) list.popUids.set(name, popUid.slice(1));
}

/** A list names files without flags; some versions wrote them. */
function cutInfo(name: string): string {
  const at = name.indexOf(':2,');
  return at < 0 ? name : name.slice(0, at);
}

function readNumber(text: string | undefined): number | null {
  const number = /^\d{1,10}$/.test(text ?? '') ? Number(text) : 0;
  return number >= 1 && number <= maxNumber ? number : null;
}

/** UIDLs of Courier's POP3 server by the file's name: "/3 next uidv", then "name size n:uidv:utf8". */
export function parseCourierPop3List(text: string): Map<string, string> {
  const popUids = new Map<string, string>();
  const lines = eachLine(text);
  const first = lines.next();
  if (first.done || !/^\/[23] /.test(first.value)) return popUids;
  for (const line of lines) {
    const match = /^(\S.*) \d+ (\d{1,20}):(\d{1,20})(?::\d+)?$/.exec(line);
    if (!match) continue;
    const [, path = '', number = '0', uidValidity = '0'] = match;
    const name = cutInfo(path);
    // It escapes what it must where it answers with the name.
    if (number === '0') popUids.set(name, escapeCourierName(name));
    else popUids.set(name, uidValidity === '0' ? `UID${number}` : `UID${number}-${uidValidity}`);
  }
  return popUids;
}

function escapeCourierName(name: string): string {
  return name.replace(
    /[^\x21-\x7e]|['"+]/g,
    (character) => `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

export type UidEntry = { uid: number; popUid: string | null; virtualBytes: number; name: string };

/** The first line of a Dovecot list; `guid` has 32 hex digits. */
export function formatUidListHeader(uidValidity: number, uidNext: number, guid: string): string {
  return `3 V${uidValidity} N${uidNext} G${guid}\n`;
}

/** A line of a Dovecot list; W is the size with CRLF. */
export function formatUidEntry({ uid, popUid, virtualBytes, name }: UidEntry): string {
  return `${uid}${popUid ? ` P${popUid}` : ''} W${virtualBytes} :${name}\n`;
}
