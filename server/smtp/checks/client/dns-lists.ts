// DNS block and allow lists (RFC 5782): each that knows the client's address gives its weight, and the sum
// decides. A list that does not answer counts as one that does not know the address.
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, resolveIpv4, resolveTxt, reverseLabels } from '#server/dns/resolver.ts';
import { pass, passed, refuse, type Verdict } from '../../verdict.ts';
import { oncePerTransaction } from '../once.ts';

/** The sender waits meanwhile, and slow lists are many. */
const waitMs = 4000;

type DnsList = { zone: string; weight: number; fits(answer: string): boolean };
type Hit = DnsList & { answer: string };

export const dnsLists = oncePerTransaction({
  name: 'dns-lists',
  title: 'DNS block and allow lists',
  isOn: (settings) => settings['checks.dnsLists'].length > 0,
  settings: [
    'checks.dnsLists',
    'checks.dnsListRefuse',
    'checks.dnsListJunk',
    'checks.dnsListWelcome',
  ],
  async judge({ client, settings }): Promise<Verdict> {
    const name = reverseLabels(client.remote);
    if (!name) return pass;
    const asked = settings['checks.dnsLists'].map(readList).map((list) => ask(list, name));
    const hits = (await Promise.all(asked)).filter((hit) => hit !== null);
    const sum = hits.reduce((total, { weight }) => total + weight, 0);
    const note = hits.map(({ zone, answer, weight }) => `${zone} ${answer} (${weight})`).join(', ');
    if (sum >= settings['checks.dnsListRefuse']) {
      const [worst] = hits.toSorted((a, b) => b.weight - a.weight);
      const why = worst ? await readReason(name, worst.zone) : '';
      const text = `Your address ${client.remote} is listed by ${worst?.zone}${why ? `: ${why}` : ''}`;
      return refuse('listed', text, note);
    }
    const junkFrom = settings['checks.dnsListJunk'];
    if (junkFrom > 0 && sum >= junkFrom) return { outcome: 'junk', reason: 'listed', note };
    const welcomeFrom = settings['checks.dnsListWelcome'];
    if (welcomeFrom < 0 && sum <= welcomeFrom)
      return { outcome: 'welcome', reason: 'listed', note };
    return passed(note || 'on no list');
  },
});

/** "zone=127.0.0.[2..11]*3"; checked by the setting's pattern. */
export function readList(text: string): DnsList {
  const [, zone = '', filter, weight = '1'] =
    /^([^=*]+)(?:=([^*]+))?(?:\*(-?\d+))?$/.exec(text) ?? [];
  const ranges = (filter ?? '').match(/\[\d+\.\.\d+\]|\d+/g) ?? [];
  const fits = (answer: string) => {
    const parts = answer.split('.').map(Number);
    // RFC 5782 §2.1: answers lie in 127/8. 127.255.255.* says that the question was not allowed.
    if (parts[0] !== 127 || answer.startsWith('127.255.255.')) return false;
    return ranges.every((range, at) => {
      const [from = 0, to = from] = (range.match(/\d+/g) ?? []).map(Number);
      const part = parts[at] ?? -1;
      return part >= from && part <= to;
    });
  };
  return { zone, weight: Number(weight), fits };
}

async function ask(list: DnsList, name: string): Promise<Hit | null> {
  const found = await Promise.race([
    resolveIpv4(`${name}.${list.zone}`),
    sleep(waitMs, { status: 'none' } as Answer<string>, { ref: false }),
  ]);
  if (found.status !== 'ok') return null;
  const answer = found.records.find((record) => isIP(record) === 4 && list.fits(record));
  return answer ? { ...list, answer } : null;
}

/** What the list says for people (RFC 5782 §2.1): hostile text. */
async function readReason(name: string, zone: string): Promise<string> {
  const texts = await Promise.race([
    resolveTxt(`${name}.${zone}`),
    sleep(1000, { status: 'none' } as Answer<string>, { ref: false }),
  ]);
  if (texts.status !== 'ok') return '';
  return (texts.records[0] ?? '').replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}
