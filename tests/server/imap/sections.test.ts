// Sections, partials and structures of messages that servers get wrong, each read by two parsers that are not ours:
// imapflow and Python's imaplib (imap.md part 7, response splitting). What comes must be the octets that went in.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ImapFlow, type MessageStructureObject } from 'imapflow';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

const run = promisify(execFile);
const hasPython = await run('python3', ['-c', 'import imaplib']).then(
  () => true,
  () => false,
);

type Row = {
  why: string;
  /** Lines with CRLF between them, latin1. */
  lines: string[];
  /** Section and what it holds; null where there is no such part. */
  sections: Record<string, string | null>;
  /** Types of the parts in order, "multipart/mixed(text/plain …)". */
  structure: string;
};

const rows: Row[] = [
  {
    why: 'a single part is part 1, and nothing else; its MIME header is the header (RFC 3501 §6.4.5)',
    lines: ['Subject: s', 'Content-Type: text/html', '', 'hello'],
    sections: {
      '1': 'hello',
      '2': null,
      '1.1': null,
      '1.MIME': 'Subject: s\r\nContent-Type: text/html\r\n\r\n',
      '1.HEADER': null,
      '1.TEXT': null,
      HEADER: 'Subject: s\r\nContent-Type: text/html\r\n\r\n',
      TEXT: 'hello',
    },
    structure: 'text/html',
  },
  {
    why: 'message/rfc822 that is a multipart: its parts follow its own number (RFC 3501 §6.4.5, the example there)',
    lines: [
      'Content-Type: multipart/mixed; boundary=a',
      '',
      '--a',
      '',
      'one',
      '--a',
      'Content-Type: message/rfc822',
      'X-Own: mime',
      '',
      'Subject: inner',
      'To: x@example.test',
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'plain',
      '--b',
      'Content-Type: text/html',
      '',
      '<b>',
      '--b--',
      '--a--',
    ],
    sections: {
      '1': 'one',
      '1.MIME': '\r\n',
      '2.MIME': 'Content-Type: message/rfc822\r\nX-Own: mime\r\n\r\n',
      '2.HEADER':
        'Subject: inner\r\nTo: x@example.test\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n',
      '2.HEADER.FIELDS (TO)': 'To: x@example.test\r\n\r\n',
      '2.HEADER.FIELDS.NOT (CONTENT-TYPE TO)': 'Subject: inner\r\n\r\n',
      '2.HEADER.FIELDS (X-OWN)': '\r\n',
      '2.1': 'plain',
      '2.2': '<b>',
      '2.2.MIME': 'Content-Type: text/html\r\n\r\n',
      '2.3': null,
      '2.1.1': null,
      '3': null,
    },
    structure:
      'multipart/mixed(text/plain message/rfc822(multipart/alternative(text/plain text/html)))',
  },
  {
    why: 'message/rfc822 that is a single part: its text is 2.1, and its MIME header that of the message',
    lines: [
      'Content-Type: multipart/mixed; boundary=a',
      '',
      '--a',
      'Content-Type: message/rfc822',
      '',
      'Subject: deep',
      '',
      'text',
      '--a--',
    ],
    sections: {
      '1': 'Subject: deep\r\n\r\ntext',
      '1.TEXT': 'text',
      '1.1': 'text',
      '1.1.MIME': 'Subject: deep\r\n\r\n',
      '1.2': null,
    },
    structure: 'multipart/mixed(message/rfc822(text/plain))',
  },
  {
    why: 'a multipart without a part has one in BODYSTRUCTURE, for strict readers (MailKit#1841), but not to fetch',
    lines: ['Content-Type: multipart/mixed; boundary=a', '', 'nothing here'],
    sections: { '1': null, TEXT: 'nothing here' },
    structure: 'multipart/mixed(text/plain)',
  },
  {
    why: 'message/rfc822 with nothing in it still has an envelope and a body (MailKit#878)',
    lines: [
      'Content-Type: multipart/mixed; boundary=a',
      '',
      '--a',
      'Content-Type: message/rfc822',
      '',
      '--a--',
    ],
    sections: { '1': '', '1.HEADER': '', '1.TEXT': '' },
    structure: 'multipart/mixed(message/rfc822(text/plain))',
  },
  {
    why: 'the end boundary is missing: the last part goes to the end of the message',
    lines: [
      'Content-Type: multipart/mixed; boundary=a',
      '',
      '--a',
      '',
      'one',
      '--a',
      '',
      'two',
      '',
    ],
    sections: { '1': 'one', '2': 'two\r\n' },
    structure: 'multipart/mixed(text/plain text/plain)',
  },
  {
    why: 'a signed part is told byte by byte, trailing blanks and all, or its signature breaks (RFC 1847 §2.1)',
    lines: [
      'Content-Type: multipart/signed; boundary=a; protocol="application/pgp-signature"; micalg=pgp-sha256',
      '',
      '--a',
      'Content-Type: text/plain',
      '',
      'trailing \t ',
      '',
      '--a',
      'Content-Type: application/pgp-signature',
      '',
      'sig',
      '--a--',
      'epilogue',
    ],
    sections: { '1': 'trailing \t \r\n', '1.MIME': 'Content-Type: text/plain\r\n\r\n', '2': 'sig' },
    structure: 'multipart/signed(text/plain application/pgp-signature)',
  },
  {
    why: 'no header at all: everything behind the empty line is text',
    lines: ['', 'only text'],
    sections: { HEADER: '\r\n', TEXT: 'only text', '1': 'only text' },
    structure: 'text/plain',
  },
  {
    why: 'no empty line: everything is header, the text is empty (and told as an empty string)',
    lines: ['Subject: x', 'To: y'],
    sections: { HEADER: 'Subject: x\r\nTo: y', TEXT: '', '1': '' },
    structure: 'text/plain',
  },
  {
    why: 'NUL, 8-bit, bare CR and LF come back as they went in',
    lines: ['Subject: a\xff', '', 'n\0ul \xfc \r x \n y'],
    sections: { TEXT: 'n\0ul \xfc \r x \n y', HEADER: 'Subject: a\xff\r\n\r\n' },
    structure: 'text/plain',
  },
  {
    why: 'text that looks like IMAP splits no response',
    lines: [
      'Subject: )\\" {3}',
      'From: "a\\"\\\\) NIL {9}" <"x y"@example.test>',
      '',
      ')',
      'a1 OK',
      '* BYE {5}',
    ],
    sections: { TEXT: ')\r\na1 OK\r\n* BYE {5}', '1': ')\r\na1 OK\r\n* BYE {5}' },
    structure: 'text/plain',
  },
  {
    why: 'broken types and encodings are data like others; an encoding is never NIL (JavaMail)',
    lines: [
      'Content-Type: multipart/mixed; boundary="a b"',
      '',
      '--a b',
      'Content-Type: nonsense',
      'Content-Transfer-Encoding:',
      'Content-Disposition: ;;;',
      '',
      'x',
      '--a b',
      'Content-Type: text/plain; charset="u\\"8"; =; name*0="a"; name*2="c"',
      'Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==',
      'Content-Language: de, en-GB',
      'Content-Location: http://example.test/"x"',
      'Content-ID: <a"b@example.test>',
      '',
      'y',
      '--a b--',
    ],
    sections: { '1': 'x', '2': 'y' },
    structure: 'multipart/mixed(application/octet-stream text/plain)',
  },
  {
    why: 'parts of a digest are messages without saying so (RFC 2046 §5.1.5)',
    lines: [
      'Content-Type: multipart/digest; boundary=a',
      '',
      '--a',
      '',
      'Subject: d',
      '',
      'text',
      '--a--',
    ],
    sections: { '1.HEADER': 'Subject: d\r\n\r\n', '1.1': 'text' },
    structure: 'multipart/digest(message/rfc822(text/plain))',
  },
];

const bytesOf = (row: Row) => Buffer.from(row.lines.join('\r\n'), 'latin1');

/** Reads each section with its partials; prints hex, or null. */
const script = `
import imaplib, sys, json, re
m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1])); m.login(sys.argv[2], sys.argv[3]); m.select("INBOX")
def read(n, item):
    ok, data = m.fetch(n, "(" + item + ")"); assert ok == "OK", (item, data)
    for part in data:
        if isinstance(part, tuple): return part[1].hex()
        if part.endswith(b' "")'): return ""
        if part.endswith(b" NIL)"): return None
    raise Exception((item, data))
out = []
for n, items in enumerate(json.load(open(sys.argv[4])), 1):
    ok, data = m.fetch(str(n), "(ENVELOPE BODY BODYSTRUCTURE PREVIEW)"); assert ok == "OK" and data[-1] is not None
    out.append([read(str(n), item) for item in items])
assert m.noop()[0] == "OK"; assert m.logout()[0] == "BYE"
print(json.dumps(out))
`;

describe('IMAP sections', () => {
  let server: ImapServer;
  let client: ImapFlow;
  let address: string;
  let folder: string;

  before(async () => {
    server = await openImapServer();
    folder = mkdtempSync(join(tmpdir(), 'drey-sections-'));
    ({ address } = await server.addUser('sections'));
    client = new ImapFlow({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: address, pass: password },
      logger: false,
    });
    await client.connect();
    for (const row of rows) await client.append('INBOX', bytesOf(row));
    await client.mailboxOpen('INBOX');
  });
  after(async () => {
    client.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [index, row] of rows.entries()) {
    it(`imapflow: ${row.why}`, async () => {
      // imapflow cannot say HEADER.FIELDS of a part, and keeps the whole HEADER elsewhere.
      const sections = Object.entries(row.sections).filter(
        ([section]) => !/^HEADER|FIELDS/.test(section),
      );
      const bodyParts = sections.map(([section]) => section);
      const query = { source: true, size: true, envelope: true, bodyStructure: true, bodyParts };
      const message = await client.fetchOne(`${index + 1}`, query);
      assert.ok(message);
      assert.deepEqual(message.source, bytesOf(row));
      assert.equal(message.size, bytesOf(row).length);
      assert.ok(message.bodyStructure);
      assert.equal(describeStructure(message.bodyStructure), row.structure);
      for (const [section, text] of sections) {
        const got: unknown = message.bodyParts?.get(section.toLowerCase());
        assert.equal(Buffer.isBuffer(got) ? got.toString('latin1') : null, text, section);
      }
    });
  }

  it('imaplib reads the same, whole and in partials up to the end and past it', {
    skip: !hasPython && 'no Python here',
  }, async () => {
    const asked = rows.map((row) => listReads(row));
    const plan = join(folder, 'plan.json');
    const program = join(folder, 'read.py');
    writeFileSync(plan, JSON.stringify(asked.map((reads) => reads.map(([item]) => item))));
    writeFileSync(program, script);
    const args = [program, String(server.port), address, password, plan];
    const told = JSON.parse((await run('python3', args)).stdout) as (string | null)[][];
    for (const [index, reads] of asked.entries()) {
      for (const [at, [item, text]] of reads.entries()) {
        const got = told[index]?.[at] ?? null;
        const octets = got === null ? null : Buffer.from(got, 'hex').toString('latin1');
        assert.equal(octets, text, `${item}: ${rows[index]?.why}`);
      }
    }
  });
});

/** FETCH items and what they must hold. */
function listReads(row: Row): [string, string | null][] {
  const whole = bytesOf(row).toString('latin1');
  const reads: [string, string | null][] = [];
  for (const [section, text] of [['', whole] as const, ...Object.entries(row.sections)]) {
    reads.push([`BODY.PEEK[${section}]`, text]);
    for (const [start, count] of [
      [0, 3],
      [2, 1_000_000],
      [text?.length ?? 0, 10],
      [1_000_000, 10],
    ] as const) {
      // RFC 3501 §6.4.5: past the end an empty string; Thunderbird reads on until it sees one.
      reads.push([
        `BODY.PEEK[${section}]<${start}.${count}>`,
        text?.slice(start, start + count) ?? null,
      ]);
    }
  }
  return reads;
}

function describeStructure(node: MessageStructureObject): string {
  const children = (node.childNodes ?? []).map(describeStructure).join(' ');
  return children === '' ? node.type : `${node.type}(${children})`;
}
