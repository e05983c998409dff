// The pure parts: names of files and folders, lists of UIDs, line ends, quoting.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mailbox } from '#server/store/mailboxes.ts';
import { encodeFileName, subjectName } from '#server/transfer/file-name.ts';
import { makeName, planFolders } from '#server/transfer/folder-plan.ts';
import { cleanKeywords } from '#server/transfer/keyword-words.ts';
import {
  formatFolderName,
  formatMaildirInfo,
  parseDovecotKeywords,
  parseFolderName,
  parseMaildirName,
} from '#server/transfer/maildir-name.ts';
import { readFromDate } from '#server/transfer/mbox-message.ts';
import { quoteFrom, unquoteFrom } from '#server/transfer/mbox-quote.ts';
import { dropCarriageReturns, restoreNewlines } from '#server/transfer/newlines.ts';
import { formatProgress } from '#server/transfer/progress.ts';
import { ProblemLog } from '#server/transfer/raw-path.ts';
import type { Source } from '#server/transfer/source.ts';
import { parseCourierPop3List, parseUidList } from '#server/transfer/uidlist.ts';

async function collect(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all).toString('latin1');
}

async function* cut(content: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content, 'latin1');
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('names of Maildir files', () => {
  const words = ['$Label1', 'work'];
  const cases: [string, string, number, string[]][] = [
    ['1.a.host', '1.a.host', 0, []],
    ['1.a.host:2,', '1.a.host', 0, []],
    ['1.a.host:2,S', '1.a.host', 1, []],
    ['1.a.host,S=1,W=2:2,DFRST', '1.a.host,S=1,W=2', 31, []],
    ['1.a.host:2,Sab', '1.a.host', 1, ['$Label1', 'work']],
    ['1.a.host:2,Pz', '1.a.host', 0, ['$Forwarded']],
    ['1.a.host;2,F', '1.a.host', 4, []],
    ['1.a:2,S:2,F', '1.a', 1 | 4, []],
  ];
  for (const [name, unique, flags, keywords] of cases) {
    it(`reads ${name}`, () => {
      assert.deepEqual(parseMaildirName(name, words), { unique, flags, keywords });
    });
  }

  it('writes flags in the order of ASCII', () => {
    assert.equal(formatMaildirInfo(31, ['work', '$forwarded'], words), ':2,DFPRSTb');
    assert.deepEqual(parseDovecotKeywords('0 $Label1\n1 work\n99 no\nrubbish\n'), words);
  });
});

describe('names of folders', () => {
  const both: [string, string[]][] = [
    ['.Sent', ['Sent']],
    ['.Archive.2019', ['Archive', '2019']],
    ['.Entw&APw-rfe', ['Entwürfe']],
    ['.a\\2eb.c', ['a.b', 'c']],
    ['.R&-D', ['R&D']],
    ['.\\5c', ['\\']],
  ];
  for (const [name, levels] of both) {
    it(`reads and writes ${name}`, () => {
      assert.deepEqual(parseFolderName(name.slice(1), '.'), levels);
      assert.equal(formatFolderName(levels), name);
    });
  }

  it('takes what is no modified UTF-7 as it stands', () => {
    assert.deepEqual(parseFolderName('Entwürfe', '.'), ['Entwürfe']);
    assert.deepEqual(parseFolderName('R&D', '.'), ['R&D']);
  });

  const made: [string, string[], RegExp][] = [
    ['control characters', ['a\u0007b'], /^a_b$/],
    ['empty levels', ['a', '', 'b'], /^a\/_\/b$/],
    ['a slash in a level', ['a/b'], /^a_b$/],
    ['the name of what was deleted', ['#deleted', 'x'], /^_#deleted\/x$/],
    [
      '300 levels',
      Array(300).fill('x'),
      /^(x\/){19}x(_x)+-[0-9a-f]{8}$|^(x\/){19}[x_]+(-[0-9a-f]{8})?$/,
    ],
    ['a level of 1000 bytes', ['é'.repeat(500)], /^é+-[0-9a-f]{8}$/],
    ['a whole name of 5000 bytes', Array(20).fill('y'.repeat(250)), /^Imported\/[0-9a-f]{16}$/],
    ['lone surrogates', ['\ud800'], /^\ufffd$/],
  ];
  for (const [reason, levels, wanted] of made) {
    it(`changes ${reason}`, () => assert.match(makeName(levels), wanted));
  }

  it('makes safe names of files', () => {
    assert.equal(encodeFileName('a/b:c', false), 'a%2Fb%3Ac');
    assert.equal(encodeFileName('..', false), '%2E%2E');
    assert.equal(encodeFileName('x.sbd', true), 'x%2Esbd');
    assert.equal(encodeFileName('1.eml', false), '1%2Eeml');
    assert.match(encodeFileName('ü'.repeat(200), false), /^drey-[0-9a-f]{16}$/);
    assert.equal(subjectName('../../etc/passwd\u0000 \u202e'), '.. .. etc passwd');
  });
});

describe('special folders', () => {
  const mailboxes = [
    { name: 'INBOX', specialUse: null },
    { name: 'Gesendetes', specialUse: '\\Sent' },
    { name: 'Trash', specialUse: '\\Trash' },
  ] as Mailbox[];
  const plan = (names: string[], keepNames = false, into: string | null = null, isOwn = false) => {
    const folders = names.map((name) => ({ levels: name === '' ? [] : name.split('/') }));
    const source = { format: 'maildir', isOwn, hasSubscriptions: false, folders };
    const whole = { ...source, problems: new ProblemLog() } as unknown as Source;
    return planFolders(whole, mailboxes, { keepNames, into }).map(({ target }) => target);
  };

  it('are found by their usual names', () => {
    assert.deepEqual(plan(['', 'Sent Items', 'Deleted Messages', 'Junk', 'Work']), [
      'INBOX',
      'Junk',
      'Work',
      'Gesendetes',
      'Trash',
    ]);
    assert.deepEqual(plan(['Sent Items/2019']), ['Gesendetes/2019']);
    assert.deepEqual(plan(['Work/Sent Items']), ['Work/Sent Items']);
  });

  it('keep their names where told so, below a folder, and from an export of Drey', () => {
    assert.deepEqual(plan(['Sent Items'], true), ['Sent Items']);
    assert.deepEqual(plan(['', 'Sent Items'], false, 'Old'), ['Old', 'Old/Sent Items']);
    assert.deepEqual(plan(['Sent Items'], false, null, true), ['Sent Items']);
  });

  it('come behind the folder of that very name', () => {
    assert.deepEqual(plan(['Deleted Items', 'Trash']), ['Trash', 'Trash']);
    const folders = [{ levels: ['Deleted Items'] }, { levels: ['Trash'] }];
    const source = { isOwn: false, folders } as unknown as Source;
    const [first] = planFolders(source, mailboxes, { keepNames: false, into: null });
    assert.equal(first?.sourceName, 'Trash');
  });
});

describe('lists of UIDs', () => {
  it('reads version 3 of Dovecot', () => {
    const list = parseUidList(
      '3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n' +
        '25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,\n' +
        '25017 W3245 P00000001abc :1276533073.M242911P3632.kurkku:2,F\n' +
        '25018 :name with spaces\nrubbish\n0 :zero\n-1 :x\n99999999999 :big\n',
    );
    assert.equal(list?.uidValidity, 1275660208);
    assert.equal(list?.uidNext, 25022);
    assert.deepEqual(
      [...(list?.uids ?? [])],
      [
        ['1276528487.M364837P9451.kurkku,S=1355,W=1394', 25006],
        ['1276533073.M242911P3632.kurkku', 25017],
        ['name with spaces', 25018],
      ],
    );
    assert.deepEqual(
      [...(list?.popUids ?? [])],
      [['1276533073.M242911P3632.kurkku', '00000001abc']],
    );
  });

  it("reads Courier's", () => {
    const list = parseUidList('1 1138036580 12\n3 1138.a\n5 1139.b:2,S\n');
    assert.deepEqual([list?.uidValidity, list?.uidNext], [1138036580, 12]);
    assert.deepEqual(
      [...(list?.uids ?? [])],
      [
        ['1138.a', 3],
        ['1139.b', 5],
      ],
    );
    const popUids = parseCourierPop3List(
      '/3 6 1138036580\n1138.a 1000 3:1138036580:0\n1139.b:2,S 20 4:0:0\n1140.c+d 1 0:0:0\nx\n',
    );
    assert.deepEqual(
      [...popUids],
      [
        ['1138.a', 'UID3-1138036580'],
        ['1139.b', 'UID4'],
        ['1140.c+d', '1140.c+2Bd'],
      ],
    );
  });

  it('refuses other versions', () => {
    for (const text of ['', '2 V1\n', 'x', '4 V1 N1\n']) assert.equal(parseUidList(text), null);
  });
});

describe('line ends', () => {
  const cases: [string, string, string][] = [
    ['bare LF', 'a\nb\n', 'a\r\nb\r\n'],
    ['CRLF', 'a\r\nb\r\n', 'a\r\nb\r\n'],
    ['the first one decides: LF', 'a\nb\r\nc\n', 'a\r\nb\r\nc\r\n'],
    ['the first one decides: CRLF', 'a\r\nb\nc', 'a\r\nb\nc'],
    ['none', 'abc', 'abc'],
    ['a bare CR', 'a\rb\nc\r', 'a\rb\r\nc\r'],
    ['nothing', '', ''],
    ['LF at the very start', '\n\n', '\r\n\r\n'],
  ];
  for (const [reason, stored, wanted] of cases) {
    it(`restores ${reason}, whatever the chunks`, async () => {
      for (let size = 1; size <= Math.max(1, stored.length); size++) {
        assert.equal(await collect(restoreNewlines(cut(stored, size), 'detect')), wanted);
      }
    });
  }

  it('are only dropped where they come back', async () => {
    const pieces = ['a', '\r', '\n', '\r\n', 'b'];
    for (let number = 0; number < pieces.length ** 5; number++) {
      let rest = number;
      let content = '';
      for (let place = 0; place < 5; place++) {
        content += pieces[rest % pieces.length];
        rest = Math.floor(rest / pieces.length);
      }
      const dropped = dropCarriageReturns(Buffer.from(content, 'latin1'));
      if (!dropped) continue;
      const back = await collect(restoreNewlines(cut(dropped.toString('latin1'), 2), 'detect'));
      assert.equal(back, content, JSON.stringify(content));
    }
  });
});

describe('quoting of From_ lines', () => {
  it('comes and goes, whatever the chunks', async () => {
    const content = 'From a\n>From b\n>>From c\nFromage\n >From d\nx>From e\n\nFrom ';
    const quoted = quoteFrom(Buffer.from(content)).toString();
    assert.equal(quoted, '>From a\n>>From b\n>>>From c\nFromage\n >From d\nx>From e\n\n>From ');
    for (let size = 1; size <= quoted.length; size++) {
      assert.equal(await collect(unquoteFrom(cut(quoted, size))), content);
    }
  });

  it('is taken away once as mboxo means it', async () => {
    assert.equal(
      await collect(unquoteFrom(cut('>From a\n>>From b\n', 3), true)),
      'From a\n>>From b\n',
    );
  });
});

describe('dates of From_ lines', () => {
  const arrival = new Date('2020-07-01T10:00:20Z');
  const cases: [string, string, Date | null, string][] = [
    ['UTC', 'From a@b Wed Jul  1 10:00:00 2020', arrival, '2020-07-01T10:00:00.000Z'],
    ['local time', 'From a@b Wed Jul  1 12:00:00 2020', arrival, '2020-07-01T10:00:00.000Z'],
    ['a zone', 'From a@b Wed Jul  1 12:00:00 2020 +0200', arrival, '2020-07-01T10:00:00.000Z'],
    ['an old zone', 'From a@b Wed Jul  1 03:00:00 PDT 2020', arrival, '2020-07-01T10:00:00.000Z'],
    ['no header', 'From a@b Wed Jul  1 12:00:00 2020', null, '2020-07-01T12:00:00.000Z'],
    ['moved much later', 'From - Sat Jan  2 03:04:05 2021', arrival, '2021-01-02T03:04:05.000Z'],
  ];
  for (const [reason, line, header, wanted] of cases) {
    it(`reads ${reason}`, () => assert.equal(readFromDate(line, header)?.toISOString(), wanted));
  }
  it('reads no date out of rubbish', () => {
    for (const line of ['From ', 'From - ', 'From a@b', 'From Mon Mon']) {
      assert.equal(readFromDate(line, arrival), null);
    }
  });
});

describe('keywords', () => {
  it('become atoms, each once', () => {
    assert.deepEqual(cleanKeywords(['$Label1', 'a b', '\\Seen', '$label1', 'ü(', '']), [
      '$Label1',
      'a_b',
      '__',
    ]);
    assert.equal(cleanKeywords(Array.from({ length: 500 }, (_, at) => `k${at}`)).length, 100);
  });
});

describe('the line of progress', () => {
  it('tells messages, bytes, rate and time left', () => {
    const progress = { messages: 500, sizeBytes: 2_000_000, totalMessages: 1000, totalBytes: null };
    assert.equal(
      formatProgress({ ...progress, folder: 'IN\u001bBOX' }, 10),
      '[##########..........]  50 %  500/1000 messages  2.0 MB  50/s  10 s left  IN BOX',
    );
  });
});
