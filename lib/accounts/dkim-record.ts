// The DNS record of a signing key (RFC 6376 §3.6.1, RFC 8463 §4): what is to be published, and whether what was
// found is that. Pure: whoever asks the DNS hands the answer in. Texts that come back are hostile and not shown whole.

export type DkimAlgorithm = 'rsa' | 'ed25519';

export type DkimRecord = {
  /** "20261121r._domainkey.example.org", without the last dot */
  name: string;
  type: 'TXT';
  value: string;
  /** The value as a zone file wants it: quoted strings of at most 255 characters (RFC 1035 §3.3.14). */
  zoneText: string;
};

export type RecordVerdict = {
  /** 'unknown': the DNS gave no answer */
  state: 'right' | 'missing' | 'different' | 'unknown';
  /** What is wrong; empty where nothing is. */
  text: string;
};

/** What a look-up gave: the texts of all TXT records, their strings joined. */
export type FoundRecords =
  | { status: 'ok'; records: string[] }
  | { status: 'none' }
  | { status: 'failed'; text: string };

const maxString = 255;

/** The record that makes `publicKey` known under `selector`. */
export function makeRecord(
  domain: string,
  key: { selector: string; algorithm: DkimAlgorithm; publicKey: string },
): DkimRecord {
  const value = `v=DKIM1; k=${key.algorithm}; p=${key.publicKey}`;
  const strings = value.match(new RegExp(`.{1,${maxString}}`, 'g')) ?? [];
  const quoted = strings.map((text) => `"${text}"`);
  return {
    name: `${key.selector}._domainkey.${domain}`,
    type: 'TXT',
    value,
    zoneText: quoted.length > 1 ? `( ${quoted.join('\n  ')} )` : (quoted[0] ?? ''),
  };
}

/** Judges what the DNS says now against the key that would sign. */
export function judgeRecord(
  key: { algorithm: DkimAlgorithm; publicKey: string },
  found: FoundRecords,
): RecordVerdict {
  if (found.status === 'failed') return { state: 'unknown', text: found.text };
  if (found.status === 'none') return { state: 'missing', text: 'There is no such record.' };
  // RFC 6376 §3.6.2.2: with several records the result is undefined.
  if (found.records.length > 1) {
    return different(`There are ${found.records.length} records; there may be only one.`);
  }
  const tags = readTags(found.records[0] ?? '');
  if (!tags) return different('The text is no list of tags such as "v=DKIM1; k=rsa; p=…".');
  const problem = findProblem(key, tags);
  return problem ? different(problem) : { state: 'right', text: describeFlags(tags) };
}

function different(text: string): RecordVerdict {
  return { state: 'different', text };
}

/** RFC 6376 §3.2: tag-list; null for what is none, or names a tag twice. */
function readTags(text: string): Map<string, string> | null {
  const tags = new Map<string, string>();
  for (const part of text.replace(/;\s*$/, '').split(';')) {
    const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=(.*)$/s.exec(part) ?? [];
    if (name === undefined || value === undefined || tags.has(name)) return null;
    tags.set(name, value.trim());
  }
  return tags;
}

function findProblem(
  { algorithm, publicKey }: { algorithm: DkimAlgorithm; publicKey: string },
  tags: Map<string, string>,
): string | null {
  const has = (name: string, wanted: string, other: string) =>
    (tags.get(name) ?? wanted)
      .split(':')
      .some((word) => [wanted, other].includes(word.trim().toLowerCase()));
  // RFC 6376 §3.6.1: "v" is the first tag where it is there at all.
  if (tags.has('v') && ([...tags.keys()][0] !== 'v' || tags.get('v') !== 'DKIM1')) {
    return 'It must begin with "v=DKIM1".';
  }
  const found = tags.get('p')?.replace(/\s/g, '');
  if (found === '') return 'It says that the key is revoked ("p=" is empty).';
  if ((tags.get('k') ?? 'rsa').toLowerCase() !== algorithm) {
    return `It must say "k=${algorithm}".`;
  }
  if (found === undefined) return 'It has no key ("p=").';
  if (found !== publicKey) {
    return publicKey.startsWith(found)
      ? `The key is cut off after ${found.length} of ${publicKey.length} characters.`
      : 'It has another key.';
  }
  if (!has('h', 'sha256', 'sha256')) return 'It forbids SHA-256 ("h=").';
  if (!has('s', '*', 'email')) return 'It is not for mail ("s=").';
  return null;
}

/** RFC 6376 §3.6.1, t=y: verifiers may treat the mail as if it were not signed. */
function describeFlags(tags: Map<string, string>): string {
  const flags = (tags.get('t') ?? '').split(':').map((flag) => flag.trim());
  return flags.includes('y') ? 'It says that the domain is only testing ("t=y").' : '';
}
