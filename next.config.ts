// The web app's build and the headers that hold for every answer. The Content-Security-Policy of pages
// needs a nonce for each request and is therefore set in proxy.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';
import { locales } from './lib/i18n/locales.ts';

/** DREY_DIST: a build folder of one's own, where several people or tests build in one checkout. */
const distDir = process.env.DREY_DIST || '.next';

/** Next writes its folder into the tsconfig; a second folder gets a tsconfig of its own to write to. */
function tsconfigOf(folder: string): string {
  if (folder === '.next') return 'tsconfig.json';
  const path = join('node_modules', '.cache', `drey${folder}`);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'tsconfig.json'), '{ "extends": "../../../tsconfig.json" }\n');
  return join(path, 'tsconfig.json');
}

const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  // To others nothing; with "no-referrer" a form would say "Origin: null" to ourselves too, as if it were a foreign one.
  { key: 'Referrer-Policy', value: 'same-origin' },
  // Frames of our own origin only: the reader shows messages in one. Pages say 'none' in their CSP.
  { key: 'X-Frame-Options', value: 'SAMEORIGIN' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  },
  { key: 'X-DNS-Prefetch-Control', value: 'off' },
  { key: 'X-Robots-Tag', value: 'noindex, nofollow' },
];

/** What programs ask to set themselves up, in whatever case (sources are compared without it). */
const programPaths = [
  ['/autodiscover/autodiscover.xml', 'autodiscover'],
  ['/autodiscover/autodiscover.json', 'autodiscover-json'],
  ['/autodiscover/autodiscover.json/v1.0/:email', 'autodiscover-json'],
  ['/.well-known/autoconfig/mail/config-v1.1.xml', 'autoconfig'],
  ['/mail/config-v1.1.xml', 'autoconfig'],
  ['/mobileconfig', 'mobileconfig'],
].map(([source = '', name]) => ({ source, destination: `/api/programs/${name}` }));

const config: NextConfig = {
  distDir,
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run check` type-checks everything; a start from a clean clone need not do it again.
  typescript: { ignoreBuildErrors: true, tsconfigPath: tsconfigOf(distDir) },
  experimental: {
    // forbidden(): a page for the wrong role answers 403 (app/session.ts).
    authInterrupts: true,
    // Forms are small; attachments travel through /api/mail/upload, which has a limit of its own.
    serverActions: { bodySizeLimit: '1mb' },
    proxyClientMaxBodySize: '1mb',
  },
  // Packages with native parts, or that load their own files at run time, stay outside the bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    '@prisma/adapter-better-sqlite3',
    '@prisma/adapter-pg',
    '@prisma/client',
    'better-sqlite3',
    'imapflow',
    'nodemailer',
    'pg',
    'pino',
  ],
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
  // Before the pages: /mail/… are folders.
  rewrites: async () => ({ beforeFiles: programPaths, afterFiles: [], fallback: [] }),
};

const withTexts = createNextIntlPlugin({
  requestConfig: './app/i18n.ts',
  // The texts are parsed here, so that browsers need no parser of them.
  experimental: {
    messages: { path: './lib/i18n', format: 'json', locales: [...locales], precompile: true },
  },
});

export default withTexts(config);
