// How bytes of a message may leave our origin (46, 43 of the project's list of attacks).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentDisposition, safeFileName } from '#lib/webmail/reader/file-name.ts';
import { isRasterImage, partHeaders, viewableType } from '#lib/webmail/reader/part-headers.ts';

describe('partHeaders', () => {
  const dangerous = [
    'text/html',
    'TEXT/HTML; charset=x',
    'application/xhtml+xml',
    'text/xml',
    'application/xml',
    'image/svg+xml',
    'image/svg+xml ',
    'application/javascript',
    'text/javascript',
    'text/css',
    'application/pdf',
    'multipart/x-mixed-replace',
    'message/rfc822',
    'image/png\r\nx-evil: 1',
    '',
  ];
  for (const type of dangerous) {
    it(`downloads ${JSON.stringify(type)} as unknown bytes, also where viewing is asked for`, () => {
      const headers = partHeaders({ type, fileName: 'a.html', isView: true });
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.match(headers['content-disposition']!, /^attachment;/);
    });
  }

  it('shows raster images and plain text when asked, under a sandbox', () => {
    for (const type of ['image/png', 'IMAGE/JPEG', 'image/webp', 'text/plain']) {
      const headers = partHeaders({ type, fileName: 'a', isView: true });
      assert.equal(headers['content-type'], viewableType(type));
      assert.match(headers['content-disposition']!, /^inline;/);
      assert.match(headers['content-security-policy']!, /^sandbox; default-src 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
    const download = partHeaders({ type: 'image/png', fileName: 'a', isView: false });
    assert.match(download['content-disposition']!, /^attachment;/);
  });
});

describe('safeFileName', () => {
  const cases: [why: string, from: string, to: string][] = [
    ['an ordinary name', 'Budget 2026 (final).xlsx', 'Budget 2026 (final).xlsx'],
    ['letters of other scripts', '写真 лето.jpg', '写真 лето.jpg'],
    ['a path', '../../etc/passwd', '_.._etc_passwd'],
    ['a Windows path', 'C:\\temp\\a.exe', 'C__temp_a.exe'],
    ['line ends and NUL', 'a\r\nb\u0000.txt', 'ab.txt'],
    ['a direction override that hides the ending', 'photo\u202egpj.exe', 'photogpj.exe'],
    ['markup', '<img src=x onerror="1">.png', '_img src=x onerror=_1__.png'],
    ['a hidden file', '.htaccess', 'htaccess'],
    ['nothing', '', 'attachment'],
    ['only dots', '...', 'attachment'],
    ['half a surrogate', 'a\ud800.txt', 'a\ufffd.txt'],
  ];
  for (const [why, from, to] of cases) it(why, () => assert.equal(safeFileName(from), to));

  it('keeps the ending of a long name', () => {
    const name = safeFileName(`${'x'.repeat(400)}.pdf`);
    assert.ok(name.length <= 150 && name.endsWith('.pdf'));
  });

  it('makes a header that no name can leave', () => {
    const header = contentDisposition('attachment', 'a"; filename=evil.html\r\nx: y; 写真%20.jpg');
    assert.match(header, /^attachment; filename="[^"\\\r\n]*"; filename\*=UTF-8''[\w.%~!-]+$/);
  });
});

describe('isRasterImage', () => {
  it('believes the bytes, not the type', () => {
    assert.equal(isRasterImage('image/png', Buffer.from('89504e470d0a1a0a', 'hex')), true);
    assert.equal(isRasterImage('image/png', Buffer.from('<svg onload=alert(1)>')), false);
    assert.equal(isRasterImage('image/svg+xml', Buffer.from('<svg/>')), false);
    assert.equal(isRasterImage('text/html', Buffer.from('GIF89a')), false);
  });
});
