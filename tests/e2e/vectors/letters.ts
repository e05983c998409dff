// Messages whose parts other than HTML are hostile (vectors 34, 42 to 48, 52).

export const recipient = 'ann@example.test';
/** What would raise an alarm as an element. */
export const cry = '<img src=x onerror=alert(1)>';
/** A server elsewhere that a message names. */
export const tracker = 'https://tracker.outside.example';

const letter = (subject: string, head: string[], body: string) =>
  Buffer.from(
    [
      ...(head.some((line) => line.startsWith('From:')) ? [] : ['From: Eve <eve@far.test>']),
      `To: ${recipient}`,
      `Subject: ${subject}`,
      'MIME-Version: 1.0',
      ...head,
      '',
      body,
    ].join('\r\n'),
  );
const mixed = 'Content-Type: multipart/mixed; boundary=b';
const parts = (...each: string[][]) =>
  [...each.map((lines) => ['--b', ...lines].join('\r\n')), '--b--', ''].join('\r\n');
const plain = ['Content-Type: text/plain', '', 'See what is attached.'];
const fileOf = (name: string, type = 'application/octet-stream', content = 'x') => [
  `Content-Type: ${type}`,
  `Content-Disposition: attachment; filename="${name}"`,
  '',
  content,
];

/** File names that would lead elsewhere. */
export const names = [
  '../../etc/passwd',
  '..\\\\..\\\\win.ini',
  'C:\\\\x.exe',
  '/abs/file',
  'a/b/c.txt',
];
names.push('.', '..', '.profile', 'same.txt', 'SAME.txt', 'con\u202egpj.exe', 'x'.repeat(300));

/**
 * One message for each of the numbers. `outside` is a server that none may reach, `ours` the web app; both as
 * "http://host:port".
 */
export function makeLetters(outside: string, ours: string): Buffer[] {
  const text = [
    '[1]: javascript:alert(1)',
    '[<img src=x onerror=alert(1)>]: https://far.test/a',
    `<https://far.test/"onmouseover="alert(1)>`,
    `https://far.test/path">${cry}`,
    `mailto:eve@far.test?subject="><svg onload=alert(1)>&body=[x]`,
    `http://[${cry}]/ javascript:alert(1) data:text/html,${cry}`,
    'The end of the text.',
  ].join('\r\n');
  const event = [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//EN', 'METHOD:REQUEST', 'BEGIN:VEVENT'],
    ...['UID:v44@far.test', 'DTSTAMP:20261101T100000Z', 'DTSTART:20261201T110000Z'],
    ...['DTEND:20261201T120000Z', `SUMMARY:Tea ${cry}`, `DESCRIPTION:<svg onload=alert(1)>${cry}`],
    ...[`LOCATION:"><script>alert(1)</script>`, `X-ALT-DESC;FMTTYPE=text/html:<b>${cry}</b>`],
    ...[`X-EVIL-${cry}:${cry}`, `ATTACH;FMTTYPE=image/svg+xml:${outside}/ics.svg`],
    ...['ORGANIZER;CN="Eve <svg onload=alert(1)>":mailto:eve@far.test'],
    ...[`ATTENDEE;RSVP=TRUE:mailto:${recipient}`, 'BEGIN:VALARM', 'ACTION:AUDIO'],
    ...[`ATTACH:${outside}/alarm.mp3`, 'TRIGGER:-PT5M', 'END:VALARM', 'END:VEVENT'],
    'END:VCALENDAR',
  ].join('\r\n');
  const card = [
    ...['BEGIN:VCARD', 'VERSION:3.0', `FN:Carla ${cry}`, 'EMAIL:carla@far.test'],
    ...['NOTE:<script>alert(1)</script>', `PHOTO;VALUE=uri:${outside}/photo`],
    ...[`LOGO;VALUE=uri:${outside}/logo`, `URL:javascript:alert(1)`, 'END:VCARD'],
  ].join('\r\n');
  const html = (body: string, id = '') => [
    'Content-Type: text/html; charset=utf-8',
    ...(id ? [`Content-ID: <${id}>`] : []),
    '',
    body,
  ];
  let nested = 'Subject: The innermost\r\n\r\nwords of the innermost';
  for (let depth = 0; depth < 10; depth++) {
    nested = `Subject: Level ${depth}\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n${nested}`;
  }
  const bomb = Buffer.alloc(6 * 1024 * 1024).toString('base64');
  return [
    letter('Plain words', ['Content-Type: text/plain'], text),
    letter(
      `Half =?utf-8?q?=3Cimg src=3Dx onerror=3Dalert(1)=3E =?utf-8?q?=3Csvg_onload=3Dalert(2)=3E=0D=0ABcc:_x?= ${cry}`,
      [
        `From: "Eve <svg onload=alert(1)>" <"<b>eve"@far.test>`,
        `List-Id: ${cry} <list.far.test>`,
        mixed,
      ],
      parts(
        ['Content-Type: text/plain; charset="><script>alert(1)</script>"', '', 'Words of 43.'],
        fileOf(`\\"><img src=x onerror=alert(1)>.html`, 'text/<script>alert(1)</script>'),
        fileOf('two.txt', 'text/html\t; x="\r\n <svg onload=alert(1)>"', cry),
      ),
    ),
    letter(
      'Invited to tea',
      [mixed],
      parts(plain, ['Content-Type: text/calendar; method=REQUEST; charset=utf-8', '', event]),
    ),
    letter('A card', [mixed], parts(plain, ['Content-Type: text/vcard', '', card])),
    letter(
      'Files of all kinds',
      [mixed],
      parts(
        plain,
        fileOf('page.html', 'text/html', `<script>alert(1)</script>`),
        fileOf('drawing.svg', 'image/svg+xml', `<svg onload="alert(1)"/>`),
        fileOf(
          'tree.xml',
          'text/xml',
          `<x:script xmlns:x="http://www.w3.org/1999/xhtml">1</x:script>`,
        ),
        fileOf('tree.xhtml', 'application/xhtml+xml', '<html/>'),
        fileOf('code.js', 'image/png', 'alert(1)'),
        fileOf('photo.jpg.html', 'image/jpeg', `GIF89a/*${cry}*/=1`),
        fileOf('noextension', 'application/octet-stream', `<html><script>alert(1)</script>`),
      ),
    ),
    letter(
      'Pictures by their ids',
      ['Content-Type: multipart/related; boundary=b'],
      parts(
        html(
          '<p>Words of 47.</p><img src="cid:elsewhere@other"><img src="cid:page"><img src="cid:loop"><img src="cid:%2e%2e/1"><p style="background:url(cid:page)">x</p>',
          'loop',
        ),
        html('<script>alert(1)</script>', 'page'),
      ),
    ),
    letter('Ten deep', [mixed], parts(plain, ['Content-Type: message/rfc822', '', nested])),
    letter(
      'A bomb among files',
      [mixed],
      parts(plain, ...names.map((name) => fileOf(name)), [
        'Content-Type: application/zip; name=zeros.zip',
        'Content-Disposition: attachment; filename=zeros.zip',
        'Content-Transfer-Encoding: base64',
        '',
        bomb.replace(/(.{76})/g, '$1\r\n'),
      ]),
    ),
    letter(
      'Too many files',
      [mixed],
      parts(plain, ...Array.from({ length: 201 }, (_, i) => fileOf(`${i}.txt`))),
    ),
    letter(
      'Pictures that would act',
      ['Content-Type: text/html'],
      [
        '<p>Words of 52.</p>',
        ...['logout', 'api/auth/signout', 'api/mail/actions?kind=empty&folder=INBOX'].map(
          (path) => `<img src="${ours}/${path}" width=20 height=20>`,
        ),
      ].join('\r\n'),
    ),
    letter(
      '<script>document.title="owned"</script>',
      [mixed],
      parts(
        html(
          `<p onclick="x">Dear reader</p><script>parent.document.title='owned'</script>
          <img src="${tracker}/a.png" onerror="parent.document.title='owned'">
          <style>@import url(${tracker}/b.css);p{background:url(${tracker}/c.png)}</style>
          <link rel=stylesheet href="${tracker}/d.css"><iframe src="${tracker}/e"></iframe>
          <svg onload="parent.document.title='owned'"></svg>
          <form action="${tracker}"><input name=p></form>
          <a href="javascript:parent.document.title='owned'">bad link</a>
          <a href="https://outside.example/page">good link</a>`,
        ),
        fileOf('evil.svg', 'image/svg+xml', '<svg onload="alert(1)"/>'),
        fileOf(`\\"><img src=x onerror=alert(1)>.html`, 'text/html', '<script>alert(1)</script>'),
      ),
    ),
    letter(
      'A receipt is wanted',
      [
        'Return-Path: <eve@far.test>',
        'Disposition-Notification-To: eve@far.test',
        'Return-Receipt-To: eve@far.test',
      ],
      'Words of 34.',
    ),
  ];
}
