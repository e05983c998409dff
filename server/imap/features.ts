// What the server announces (RFC 3501 §7.2.1): exactly what works in the state the connection is in.

export type FeatureFacts = {
  isSignedIn: boolean;
  isTls: boolean;
  /** TLS or loopback: a password may be sent (RFC 3501 §6.2.3 LOGINDISABLED). */
  maySignIn: boolean;
  mechanisms: readonly string[];
  appendLimitBytes: number;
  /** COMPRESS would be taken now */
  mayCompress: boolean;
  /** What the admin does not want announced (imap.hiddenCapabilities) */
  hidden: readonly string[];
};

const afterLogin = [
  'LITERAL+', // RFC 7888
  'IDLE', // RFC 2177
  'NAMESPACE', // RFC 2342
  'UIDPLUS', // RFC 4315
  'UNSELECT', // RFC 3691
  'CHILDREN', // RFC 3348
  'MULTIAPPEND', // RFC 3502
  'CATENATE', // RFC 4469
  'BINARY', // RFC 3516
  'REPLACE', // RFC 8508
  'UTF8=ACCEPT', // RFC 9755
  'MOVE', // RFC 6851
  'CONDSTORE', // RFC 7162
  'QRESYNC', // RFC 7162
  'ESEARCH', // RFC 4731
  'SEARCHRES', // RFC 5182
  'PARTIAL', // RFC 9394
  'MULTISEARCH', // RFC 7377
  'WITHIN', // RFC 5032
  'SORT', // RFC 5256
  'SORT=DISPLAY', // RFC 5957
  'ESORT', // RFC 5267
  'CONTEXT=SEARCH', // RFC 5267
  'THREAD=ORDEREDSUBJECT', // RFC 5256
  'THREAD=REFERENCES', // RFC 5256
  'THREAD=REFS', // draft-ietf-morg-inthread
  'I18NLEVEL=1', // RFC 5255
  'LIST-EXTENDED', // RFC 5258
  'LIST-STATUS', // RFC 5819
  'LIST-MYRIGHTS', // RFC 8440
  'LIST-METADATA', // RFC 9590
  'SPECIAL-USE', // RFC 6154
  'CREATE-SPECIAL-USE', // RFC 6154
  'STATUS=SIZE', // RFC 8438
  'OBJECTID', // RFC 8474
  'SAVEDATE', // RFC 8514
  'PREVIEW', // RFC 8970
  'NOTIFY', // RFC 5465
  'INPROGRESS', // RFC 9585
  'UNAUTHENTICATE', // RFC 8437
  'ACL', // RFC 4314
  'RIGHTS=kxte',
  'METADATA', // RFC 5464
  'QUOTA', // RFC 9208
  'QUOTA=RES-STORAGE',
  'QUOTA=RES-MESSAGE',
];

/** What a client cannot do without, or must not be left in the dark about. */
const shown = new Set(['IMAP4REV1', 'LOGINDISABLED']);

/** The capability list, in the order it is sent. What is hidden works all the same. */
export function listCapabilities(facts: FeatureFacts): string[] {
  const hidden = new Set(facts.hidden.map((name) => name.toUpperCase()));
  const isShown = (name: string) => shown.has(name.toUpperCase()) || !hidden.has(keyOf(name));
  return listAll(facts).filter(isShown);
}

/** "APPENDLIMIT=20000" is hidden as APPENDLIMIT: its number is no part of the name. */
function keyOf(capability: string): string {
  return capability.toUpperCase().replace(/^(APPENDLIMIT)=.*/, '$1');
}

function listAll(facts: FeatureFacts): string[] {
  // Several clients (Python's imaplib) read the list only before login: ENABLE stands in both.
  const common = ['IMAP4rev1', 'IMAP4rev2', 'SASL-IR', 'ID', 'ENABLE'];
  if (facts.isSignedIn) {
    // RFC 7889 §2: the number may differ per mailbox; ours is one for all.
    const compress = facts.mayCompress ? ['COMPRESS=DEFLATE'] : []; // RFC 4978
    return [...common, ...afterLogin, ...compress, `APPENDLIMIT=${facts.appendLimitBytes}`];
  }
  // LITERAL- before login: a stranger may not make us hold more (RFC 7888 §5).
  const before = [...common, 'LITERAL-'];
  if (!facts.isTls) before.push('STARTTLS');
  if (!facts.maySignIn) return [...before, 'LOGINDISABLED'];
  return [...before, ...facts.mechanisms.map((name) => `AUTH=${name}`)];
}

/** As it stands in a response code or after "* ". */
export function formatCapabilities(facts: FeatureFacts): string {
  return `CAPABILITY ${listCapabilities(facts).join(' ')}`;
}
