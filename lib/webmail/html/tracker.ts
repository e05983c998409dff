// Pictures that are there to be counted, not seen, and who counts them; links that lead over a counter. Pure.

/** Names of those who count most, by the end of their host names. */
const companies: [pattern: RegExp, name: string][] = [
  [/(?:^|\.)list-manage\.com$/, 'Mailchimp'],
  [/(?:^|\.)mailchimp\.com$/, 'Mailchimp'],
  [/(?:^|\.)mandrillapp\.com$/, 'Mandrill'],
  [/(?:^|\.)sendgrid\.(?:net|com)$/, 'SendGrid'],
  [/(?:^|\.)mailgun\.(?:org|net|com)$/, 'Mailgun'],
  [
    /(?:^|\.)hubspotemail\.net$|(?:^|\.)hubspot(?:links)?\.com$|(?:^|\.)hs-analytics\.net$/,
    'HubSpot',
  ],
  [/(?:^|\.)klaviyo(?:mail)?\.com$/, 'Klaviyo'],
  [/(?:^|\.)exacttarget\.com$|(?:^|\.)salesforce\.com$|(?:^|\.)pardot\.com$/, 'Salesforce'],
  [/(?:^|\.)google-analytics\.com$|(?:^|\.)doubleclick\.net$/, 'Google'],
  [/(?:^|\.)facebook\.com$/, 'Facebook'],
  [/(?:^|\.)linkedin\.com$/, 'LinkedIn'],
  [/(?:^|\.)awstrack\.me$|(?:^|\.)amazonses\.com$/, 'Amazon SES'],
  [/(?:^|\.)sparkpostmail\.com$/, 'SparkPost'],
  [/(?:^|\.)mjt\.lu$|(?:^|\.)mailjet\.com$/, 'Mailjet'],
  [/(?:^|\.)sendinblue\.com$|(?:^|\.)brevo\.com$/, 'Brevo'],
  [/(?:^|\.)mailtrack\.io$/, 'Mailtrack'],
  [/(?:^|\.)yesware\.com$/, 'Yesware'],
  [/(?:^|\.)getnotify\.com$|(?:^|\.)readnotify\.com$|(?:^|\.)bananatag\.com$/, 'read notices'],
  [/(?:^|\.)customeriomail\.com$|(?:^|\.)customer\.io$/, 'Customer.io'],
  [/(?:^|\.)intercom-mail\.com$|(?:^|\.)intercom\.io$/, 'Intercom'],
  [/(?:^|\.)cmail\d*\.com$|(?:^|\.)createsend\d*\.com$/, 'Campaign Monitor'],
  [/(?:^|\.)substack\.com$/, 'Substack'],
];
const countingPath =
  /\/(?:track(?:ing)?|open(?:s|ed)?|pixel|beacon|wf\/open|o\.gif|e\/o|email-open|1x1|spacer|blank)(?:[/._?-]|$)/i;
const companyPath = /\/(?:wf\/open|track\/open|open\.(?:php|aspx|gif)|e\/o|tr\?|pixel|imp|oo\/)/i;

export type ImageLook = { width: string; height: string; style: string };

/** Who counts with this picture: a company, or the host; null for one that is to be looked at. */
export function nameTracker(address: string, look: ImageLook): string | null {
  const url = URL.parse(address.startsWith('//') ? `https:${address}` : address);
  if (!url?.host) return null;
  const company = companies.find(([pattern]) => pattern.test(url.hostname))?.[1];
  if (isTiny(look)) return company ?? url.hostname;
  const path = url.pathname + url.search;
  if (company && companyPath.test(path)) return company;
  return countingPath.test(path) && !look.width && /\.gif(?:\?|$)|open/i.test(path)
    ? (company ?? url.hostname)
    : null;
}

/** Nobody can see it: at most two dots, or hidden. */
function isTiny({ width, height, style }: ImageLook): boolean {
  const isSmall = (text: string) => /^\s*0*[012](?:\.\d+)?(?:px)?\s*$/.test(text);
  if (isSmall(width) && (isSmall(height) || height === '')) return true;
  if (isSmall(height) && width === '') return true;
  const rules = style.replace(/\s/g, '').toLowerCase();
  if (/(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:[;.]|$))/.test(rules)) return true;
  const side = (name: string) =>
    new RegExp(`(?:^|;)(?:max-)?${name}:[012](?:px|pt)?(?:;|$|!)`).test(rules);
  return side('width') && side('height');
}

const wrappers: [host: RegExp, parameter: string][] = [
  [/^(?:www\.)?google\.[a-z.]{2,6}$/, 'q'],
  [/^(?:www\.)?google\.[a-z.]{2,6}$/, 'url'],
  [/^(?:l|lm)\.(?:facebook|instagram)\.com$/, 'u'],
  [/\.safelinks\.protection\.outlook\.com$/, 'url'],
  [/^(?:www\.)?youtube\.com$/, 'q'],
  [/^(?:www\.)?linkedin\.com$/, 'url'],
  [/^urldefense\.proofpoint\.com$/, 'u'],
  [/^(?:steamcommunity|www\.deviantart)\.com$/, 'url'],
  [/^slack-redir\.net$/, 'url'],
  [/^t\.umblr\.com$/, 'z'],
  [/^out\.reddit\.com$/, 'url'],
  [/^href\.li$/, ''],
];
const wrapperPaths = /^\/(?:url|l\.php|redirect|redir\/redirect|linkfilter\/?|v[12]\/url|)$/;
const marks =
  /^(?:utm_\w+|fbclid|gclid|gclsrc|dclid|msclkid|yclid|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|hs(?:Ctaattrib|_email)|vero_id|oly_(?:anon|enc)_id|igshid|ml_subscriber(?:_hash)?|s_cid|wickedid|rb_clickid|_openstat|ck_subscriber_id)$/i;

/** The link without counters on the way and marks of who clicked; itself where there are none. */
export function unwrapLink(href: string): string {
  let url = URL.parse(href);
  for (let step = 0; url && step < 3; step++) {
    const inner = findInner(url);
    if (!inner) break;
    url = inner;
  }
  if (!url || !/^https?:$/.test(url.protocol)) return href;
  for (const name of [...url.searchParams.keys()]) {
    if (marks.test(name)) url.searchParams.delete(name);
  }
  return url.href;
}

function findInner(url: URL): URL | null {
  for (const [host, parameter] of wrappers) {
    if (!host.test(url.hostname)) continue;
    if (!wrapperPaths.test(url.pathname)) continue;
    const text = parameter ? url.searchParams.get(parameter) : url.search.slice(1);
    const plain = url.hostname === 'urldefense.proofpoint.com' ? decodeProofpoint(text) : text;
    const inner = URL.parse(plain ?? '');
    if (inner && /^https?:$/.test(inner.protocol)) return inner;
  }
  if (url.hostname === 'urldefense.com') {
    const inner = URL.parse(/^\/v3\/__(.+?)__;/.exec(url.pathname)?.[1] ?? '');
    if (inner && /^https?:$/.test(inner.protocol)) return inner;
  }
  return null;
}

function decodeProofpoint(text: string | null): string | null {
  try {
    return text
      ? decodeURIComponent(text.replace(/-(?=[0-9A-F]{2})/g, '%').replace(/_/g, '/'))
      : null;
  } catch {
    return null;
  }
}
