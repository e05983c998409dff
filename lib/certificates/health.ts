// Whether all certificates will hold: for the overview, doctor and numbers.
import { now } from '../clock.ts';
import { readSettings } from '../settings/index.ts';
import { listCertificates } from './certificate.ts';
import { readChainFacts, readPems } from './pem.ts';

export type CertificateHealth = {
  /** 'none': there are none but the self-signed one that Drey makes for itself */
  state: 'good' | 'none' | 'soon' | 'failing';
  /** Of the one that ends first; null = there is none */
  daysLeft: number | null;
  /** The first name of the worst */
  name: string;
  /** A sentence for people */
  text: string;
};

const dayMs = 86_400_000;
/** Renewed by itself a third before its end: with less than this something keeps it from that. */
const soonDays = 14;

type One = { name: string; expiresAt: Date | null; problem: string };

/** The worst of all certificates in rows and settings. */
export async function readCertificateHealth(): Promise<CertificateHealth> {
  const rows = (await listCertificates()).map(({ names, expiresAt, problem }): One => {
    return { name: names[0] ?? '', expiresAt, problem };
  });
  const all = [...rows, ...(await readFromSettings())];
  const worst = all.toSorted((a, b) => rank(b) - rank(a) || endOf(a) - endOf(b))[0];
  if (!worst) {
    const text = 'Only the self-signed certificate: programs warn of it.';
    return { state: 'none', daysLeft: null, name: '', text };
  }
  const { name, expiresAt, problem } = worst;
  const daysLeft = expiresAt && daysUntil(expiresAt);
  const ends = daysLeft === null ? 'there is none yet' : `ends in ${daysLeft} days`;
  if (problem) return { state: 'failing', daysLeft, name, text: `${name}: ${problem}` };
  const state = daysLeft === null || daysLeft < soonDays ? 'soon' : 'good';
  return { state, daysLeft, name, text: `${name}: ${ends}.` };
}

export function daysUntil(at: Date): number {
  return Math.floor((at.getTime() - now().getTime()) / dayMs);
}

function rank({ expiresAt, problem }: One): number {
  if (problem) return 2;
  return !expiresAt || daysUntil(expiresAt) < soonDays ? 1 : 0;
}

const endOf = ({ expiresAt }: One) => expiresAt?.getTime() ?? 0;

/** The pair of the settings, which is the default. */
async function readFromSettings(): Promise<One[]> {
  const settings = await readSettings();
  const certificateFile = settings['tls.certificateFile'];
  const keyFile = settings['tls.keyFile'];
  if (!certificateFile && !keyFile) return [];
  try {
    const { cert } = await readPems(certificateFile, keyFile);
    const { names, expiresAt } = readChainFacts(cert);
    return [{ name: names[0] ?? '', expiresAt, problem: '' }];
  } catch (error) {
    return [{ name: certificateFile, expiresAt: null, problem: (error as Error).message }];
  }
}
