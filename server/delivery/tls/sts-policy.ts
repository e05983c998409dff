// The texts of MTA-STS (RFC 8461 §3.1, §3.2): the TXT record that announces a policy and the policy file. Pure; both
// are hostile.
export type StsMode = 'enforce' | 'testing' | 'none';

export type StsPolicyText = {
  mode: StsMode;
  maxAgeSeconds: number;
  /** Host names, or "*." and a domain. */
  mx: string[];
};

/** RFC 8461 §3.2 */
const longestAgeSeconds = 31_557_600;
const maxPatterns = 100;

/** The id of the one record among the TXT records of _mta-sts; null where no policy is announced. */
export function readStsId(records: string[]): string | null {
  const ours = records.filter((text) => /^v=STSv1\s*(;|$)/.test(text));
  // RFC 8461 §3.1: of several none counts.
  if (ours.length !== 1) return null;
  return /;\s*id\s*=\s*([A-Za-z0-9]{1,32})\s*(;|$)/.exec(ours[0]!)?.[1] ?? null;
}

/** The policy of the file; a text where it is none. Of a key that comes twice the first counts, but mx. */
export function readStsPolicy(text: string): StsPolicyText | string {
  const values = new Map<string, string>();
  const mx: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, key, value = ''] =
      /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31})\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (!key) continue;
    if (key === 'mx') mx.push(value.toLowerCase());
    else if (!values.has(key)) values.set(key, value);
  }
  if (values.get('version') !== 'STSv1') return 'it has no "version: STSv1"';
  const mode = values.get('mode') ?? '';
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return 'its mode is unknown';
  const age = values.get('max_age') ?? '';
  if (!/^\d{1,10}$/.test(age)) return 'it has no max_age';
  if (mx.length > maxPatterns) return 'it names too many hosts';
  if (!mx.every((name) => /^(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name))) {
    return 'it names a host that is no host name';
  }
  if (mx.length === 0 && mode !== 'none') return 'it names no host';
  return { mode, maxAgeSeconds: Math.min(Number(age), longestAgeSeconds), mx };
}

/** RFC 8461 §4.1: "*." stands for exactly one label. */
export function isStsHost(host: string, patterns: string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const parent = name.slice(name.indexOf('.') + 1);
  return patterns.some((pattern) =>
    pattern.startsWith('*.')
      ? name.includes('.') && !name.startsWith('.') && pattern.slice(2) === parent
      : pattern === name,
  );
}
