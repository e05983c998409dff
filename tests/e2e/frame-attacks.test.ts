// Hostile message HTML in real Chromium, against each wall alone and both together: the cleaner's output in frames without
// any policy, the raw message in the reader's frame, the raw message under the frame's headers alone, and the cleaned
// message in the reader's frame. All vectors stand on one page side by side; what each tries to reach bears its number.
// Nothing may run, load, navigate or draw outside. (Numbers after the project's list of 54; those of other parts are in
// hostile-parts.test.ts, 39 in mail-reader.test.ts, 50 in mail-search.test.ts.)
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { cleanHtml } from '#lib/webmail/html/clean-html.ts';
import { type FrameDocument, frameDocument } from '#lib/webmail/html/frame-document.ts';
import { printDocument } from '#lib/webmail/html/print-document.ts';
import { launchBrowser } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { drawingVectors } from './vectors/drawing.ts';
import { remoteVectors } from './vectors/remote.ts';
import { scriptVectors } from './vectors/script.ts';
import { spoofingVectors } from './vectors/spoofing.ts';

const vectors = [...scriptVectors, ...drawingVectors, ...remoteVectors, ...spoofingVectors];
/** A cell with green around it. */
const cell = 60;
const columns = 10;
const rows = Math.ceil(vectors.length / columns);
const closed = { mayLoadRemote: false, isDark: false };
const sandbox = 'sandbox="allow-popups allow-popups-to-escape-sandbox"';

type Wall = {
  name: string;
  attributes: string;
  /** The document of a vector */
  draw: (html: string) => FrameDocument;
};

const clean = (html: string) => cleanHtml(html, { mayLoadRemote: false, inlineImages: new Map() });
const asRaw = (html: string) => ({ ...clean(''), html });
const walls: Wall[] = [
  {
    name: 'the cleaner alone',
    attributes: '',
    draw: (html) => ({
      html: frameDocument(clean(html), closed).html,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    }),
  },
  {
    name: 'the frame alone',
    attributes: sandbox,
    draw: (html) => frameDocument(asRaw(html), closed),
  },
  {
    name: 'the headers alone',
    attributes: '',
    draw: (html) => frameDocument(asRaw(html), closed),
  },
  {
    name: 'both, in dark colours',
    attributes: sandbox,
    draw: (html) =>
      frameDocument(
        cleanHtml(html, { mayLoadRemote: false, isDark: true, inlineImages: new Map() }),
        { mayLoadRemote: false, isDark: true, mayRecolor: true },
      ),
  },
  {
    name: 'the cleaner and the page for paper',
    attributes: '',
    draw: (html) => {
      const { html: body, css } = clean(html);
      const page = printDocument(
        {
          title: '',
          lines: [],
          bodies: [{ html: body, css }],
          files: [],
          language: 'en',
          direction: 'ltr',
        },
        closed,
      );
      // It prints, and stands in no frame; both would stop the test.
      const policy = (page.headers['content-security-policy'] ?? '')
        .replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        .replace(' allow-modals', '');
      const { 'x-frame-options': _options, ...headers } = page.headers;
      return { html: page.html, headers: { ...headers, 'content-security-policy': policy } };
    },
  },
];

describe('hostile HTML in the browser', () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  let outside: Server;
  let port = 0;
  let outPort = 0;
  let wall = walls[0] as Wall;
  let only: FrameDocument | null = null;
  const reached: string[] = [];
  const alarms: string[] = [];

  const fill = (html: string, index: number) =>
    html
      .replaceAll('OUT', `http://127.0.0.1:${outPort}/${index}`)
      .replaceAll('PORT', String(outPort));

  /** The page around the messages: green, and noisy where something comes to it. */
  function drawPage(): string {
    const frames = vectors.map((_, index) => {
      const left = (index % columns) * cell + 10;
      const top = Math.floor(index / columns) * cell + 10;
      return `<iframe name="v${index}" ${wall.attributes} style="position:absolute;left:${left}px;top:${top}px;width:${cell - 20}px;height:${cell - 20}px;border:0" src="/message/${index}"></iframe>`;
    });
    return `<!doctype html><title>outside</title><body style="margin:0;background:#0f0">${only ? `<iframe ${sandbox} src="/only"></iframe>` : frames.join('')}<script>onmessage=()=>{document.title='ran'}</script>`;
  }

  before(async () => {
    outside = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end();
    });
    server = createServer((request, response) => {
      const index = Number(/^\/message\/(\d+)$/.exec(request.url ?? '')?.[1] ?? Number.NaN);
      const vector = vectors[index];
      if (request.url === '/only' && only) response.writeHead(200, only.headers).end(only.html);
      else if (vector) {
        const { html, headers } = wall.draw(fill(vector[1], index));
        response.writeHead(200, headers).end(html);
      } else if (request.url === '/') {
        response.writeHead(200, { 'content-type': 'text/html' }).end(drawPage());
      } else response.writeHead(404).end();
    });
    for (const each of [server, outside]) {
      await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    }
    port = (server.address() as AddressInfo).port;
    outPort = (outside.address() as AddressInfo).port;
    browser = await launchBrowser();
    const viewport = { width: columns * cell, height: rows * cell };
    page = await browser.newPage({ viewport });
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

  async function open(waitMs: number): Promise<void> {
    reached.length = 0;
    alarms.length = 0;
    await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'load' });
    // Refreshes of zero seconds and animations have begun by then; a sandboxed page answers no questions.
    await page.waitForTimeout(waitMs);
  }

  /** Pixels outside the frames that are no longer the page's green, by the vector they are nearest to. */
  async function findStrangePixels(): Promise<number[]> {
    const image = (await page.screenshot({ type: 'png' })).toString('base64');
    return page.evaluate(
      async ({ data, size, across }) => {
        const picture = new Image();
        picture.src = `data:image/png;base64,${data}`;
        await picture.decode();
        const canvas = document.createElement('canvas');
        canvas.width = picture.width;
        canvas.height = picture.height;
        const drawing = canvas.getContext('2d');
        if (!drawing) return [-1];
        drawing.drawImage(picture, 0, 0);
        const { data: bytes } = drawing.getImageData(0, 0, canvas.width, canvas.height);
        const found = new Set<number>();
        for (let y = 0; y < canvas.height; y++) {
          for (let x = 0; x < canvas.width; x++) {
            const [inX, inY] = [x % size, y % size];
            if (inX >= 10 && inX < size - 10 && inY >= 10 && inY < size - 10) continue;
            const at = (y * canvas.width + x) * 4;
            const isGreen = bytes[at] === 0 && bytes[at + 1] === 255 && bytes[at + 2] === 0;
            if (!isGreen) found.add(Math.floor(y / size) * across + Math.floor(x / size));
          }
        }
        return [...found];
      },
      { data: image, size: cell, across: columns },
    );
  }

  for (const each of walls) {
    describe(`against ${each.name}`, () => {
      /** What each vector did that it must not. */
      const deeds = new Map<number, string[]>();
      const blame = (index: number, deed: string) =>
        deeds.set(index, [...(deeds.get(index) ?? []), deed]);

      before(async () => {
        wall = each;
        await open(400);
        for (const url of reached) blame(Number(url.split('/')[1]), `reached ${url}`);
        for (const index of await findStrangePixels()) blame(index, 'drew outside its frame');
        // Every frame is still where it was put: none was sent elsewhere.
        for (const [index] of vectors.entries()) {
          const url = page.frame({ name: `v${index}` })?.url() ?? 'nowhere';
          if (!/\/message\/\d+(?:#.*)?$/.test(url)) blame(index, `went to ${url}`);
        }
      });

      for (const [index, [why]] of vectors.entries()) {
        it(why, () => assert.deepEqual(deeds.get(index) ?? [], []));
      }

      it('the page around them is what it was', async () => {
        assert.equal(page.url(), `http://127.0.0.1:${port}/`, 'the page went elsewhere');
        assert.deepEqual(alarms, []);
        assert.equal(await page.title(), 'outside');
        const places = [...deeds.keys()].filter((index) => !vectors[index]);
        assert.deepEqual(places, []);
      });
    });
  }

  it('covers every number of the list that is about HTML', () => {
    const numbers = new Set(vectors.map(([why]) => Number.parseInt(why, 10)));
    const wanted = Array.from({ length: 41 }, (_, index) => index + 1);
    // 34 is about headers, 39 about words: hostile-parts.test.ts, mail-reader.test.ts.
    const missing = wanted.filter((n) => !numbers.has(n) && n !== 34 && n !== 39);
    assert.deepEqual(missing, []);
  });

  it('loads images by the one way, and nothing else, after consent', async () => {
    const html = fill(
      '<img src="OUT/image.png"><p style="background:url(OUT/bg.png)">x</p><link rel=stylesheet href="OUT/css"><iframe src="OUT/frame"></iframe><style>@import "OUT/import";@font-face{font-family:f;src:url(OUT/font)}p{font-family:f}</style><script src="OUT/script"></script><video src="OUT/video"></video><img src="OUT/pixel" width=1 height=1>',
      0,
    );
    const imageSource = `http://127.0.0.1:${outPort}/0/`;
    const cleaned = cleanHtml(html, { mayLoadRemote: true, inlineImages: new Map() });
    const expected = ['/0/bg.png', '/0/image.png'];
    for (const [content, also] of [
      [cleaned, []],
      [{ ...cleaned, css: '', html }, ['/0/pixel']],
    ] as const) {
      only = frameDocument(content, { mayLoadRemote: true, isDark: false, imageSource });
      await open(150);
      const wanted = [...expected, ...also];
      await waitFor(() => reached.length >= wanted.length, 'the images');
      assert.deepEqual([...reached].sort(), wanted);
    }
    // Another address than ours stays shut, also after consent.
    only = frameDocument(cleaned, {
      mayLoadRemote: true,
      isDark: false,
      imageSource: `http://127.0.0.1:${port}/api/mail/image`,
    });
    await open(150);
    assert.deepEqual(reached, []);
    only = null;
  });

  it('would be heard without walls', async () => {
    wall = {
      name: 'none',
      attributes: 'sandbox="allow-scripts allow-forms"',
      draw: (html) => ({ html, headers: { 'content-type': 'text/html' } }),
    };
    await open(400);
    const heard = () => new Set(reached.map((url) => url.split('/')[1]));
    await waitFor(() => heard().size > vectors.length / 3, 'a third of the vectors');
  });
});
