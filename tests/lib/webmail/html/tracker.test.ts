// Pictures that count readers, links that count clicks, and links that lie.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanHtml } from '#lib/webmail/html/clean-html.ts';
import { lookAtLink } from '#lib/webmail/html/link-look.ts';
import { nameTracker, unwrapLink } from '#lib/webmail/html/tracker.ts';

const plain = { width: '', height: '', style: '' };

describe('nameTracker', () => {
  const cases: [url: string, look: Partial<typeof plain>, expected: string | null][] = [
    ['https://x.test/logo.png', { width: '200', height: '80' }, null],
    ['https://x.test/p', { width: '1', height: '1' }, 'x.test'],
    ['https://x.test/p', { width: '0', height: '0' }, 'x.test'],
    ['https://x.test/p', { style: 'width:1px;height:1px' }, 'x.test'],
    ['https://x.test/p', { style: 'display:none' }, 'x.test'],
    ['https://x.list-manage.com/track/open.php?u=1', {}, 'Mailchimp'],
    ['https://u1.ct.sendgrid.net/wf/open?upn=x', {}, 'SendGrid'],
    ['//x.test/p', { width: '1', height: '1' }, 'x.test'],
    ['https://x.test/spacer.png', { width: '600', height: '10' }, null],
  ];
  for (const [url, look, expected] of cases) {
    it(`${url} ${JSON.stringify(look)}`, () =>
      assert.equal(nameTracker(url, { ...plain, ...look }), expected));
  }
});

describe('unwrapLink', () => {
  const cases: [href: string, expected: string][] = [
    ['https://www.google.com/url?q=https%3A%2F%2Fa.test%2Fx&sa=D', 'https://a.test/x'],
    [
      'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.test%2F&data=1',
      'https://a.test/',
    ],
    ['https://l.facebook.com/l.php?u=https%3A%2F%2Fa.test%2F%3Ffbclid%3D1', 'https://a.test/'],
    ['https://a.test/?utm_source=x&id=2', 'https://a.test/?id=2'],
    [
      'https://www.google.com/url?q=javascript:alert(1)',
      'https://www.google.com/url?q=javascript:alert(1)',
    ],
    [
      'https://www.google.com/search?q=https://a.test/',
      'https://www.google.com/search?q=https://a.test/',
    ],
    ['mailto:a@b.test', 'mailto:a@b.test'],
    ['https://a.test/x', 'https://a.test/x'],
  ];
  for (const [href, expected] of cases) it(href, () => assert.equal(unwrapLink(href), expected));
});

describe('lookAtLink', () => {
  const cases: [href: string, text: string, isOdd: boolean][] = [
    ['https://evil.test/', 'www.bank.test', true],
    ['https://evil.test/', 'https://bank.test/login', true],
    ['https://login.bank.test/', 'bank.test', false],
    ['https://a.test/', 'click here', false],
    ['https://a.test/', 'report.pdf', false],
    ['https://bank.test@evil.test/', 'sign in', true],
    ['https://раypal.test/', 'sign in', true],
    ['https://xn--mnchen-3ya.test/', 'münchen.test', false],
    ['https://xn--mnchen-3ya.test/', 'sign in', true],
    ['mailto:eve@evil.test', 'help@bank.test', true],
    ['mailto:help@bank.test?subject=x', 'help@bank.test', false],
  ];
  for (const [href, text, isOdd] of cases) {
    it(`${text} → ${href}`, () => assert.equal(lookAtLink(href, text)?.isOdd, isOdd));
  }
});

describe('the cleaner', () => {
  const options = { mayLoadRemote: true, inlineImages: new Map<string, string>() };
  it('keeps trackers out after consent too, and names them', () => {
    const clean = cleanHtml(
      '<img src="https://x.test/p" width=1 height=1><img src="https://x.test/logo">',
      options,
    );
    assert.deepEqual(clean.trackers, ['x.test']);
    assert.equal(clean.remoteImages, 1);
    assert.equal(clean.html.match(/src=/g)?.length, 1);
  });
  it('marks links by itself alone', () => {
    const clean = cleanHtml(
      '<a data-odd=1 data-target="bank.test" href="https://evil.test/">bank.test</a><a data-target=x>y</a>',
      options,
    );
    assert.equal(clean.oddLinks, 1);
    assert.match(clean.html, /data-target="evil\.test" data-odd="1"/);
    assert.doesNotMatch(clean.html, /data-target="x"/);
  });
  it('reads the texts of links in their order, also of unclosed ones', () => {
    const clean = cleanHtml(
      '<a href="https://a.test/">a.test</a><a name=x>evil.test</a><a href="https://b.test/"><b>b</b>.test</a><a href="https://evil.test">c.test',
      options,
    );
    assert.equal(clean.oddLinks, 1);
    assert.match(clean.html, /data-target="evil\.test" data-odd="1"/);
  });
  it('answers which colours count, and lets them change colours alone', () => {
    const html =
      '<style>@media (prefers-color-scheme: dark){p{color:red;display:none;font-size:0}}</style><p>x';
    const dark = cleanHtml(html, { ...options, isDark: true });
    assert.equal(dark.hasDarkColors, true);
    assert.match(dark.css, /min-width:0px.*color:red/);
    assert.doesNotMatch(dark.css, /display|font-size|prefers/);
    assert.match(cleanHtml(html, options).css, /max-width:0px/);
  });
});
