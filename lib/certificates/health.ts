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
export const soonDays = 14;

/** When a certificate ends. */
export type CertificateEnd = {
  /** The first of its host names */
  name: string;
  /** null = there is none yet */
  expiresAt: Date | null;
  /** What is the matter; empty = nothing */
  problem: string;
};

/** All certificates in rows and settings: what is the matter with first, then by their end. */
export async function listCertificateEnds(): Promise<CertificateEnd[]> {
  const rows = (await listCertificates()).map(({ names, expiresAt, problem }): CertificateEnd => {
    return { name: names[0] ?? '', expiresAt, problem };
  });
  return [...rows, ...(await readFromSettings())].sort(
    (a, b) => rank(b) - rank(a) || endOf(a) - endOf(b),
  );
}

/** The worst of all certificates in rows and settings. */
export async function readCertificateHealth(): Promise<CertificateHealth> {
  const [worst] = await listCertificateEnds();
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

function rank({ expiresAt, problem }: CertificateEnd): number {
  if (problem) return 2;
  return !expiresAt || daysUntil(expiresAt) < soonDays ? 1 : 0;
}

const endOf = ({ expiresAt }: CertificateEnd) => expiresAt?.getTime() ?? 0;

/** The pair of the settings, which is the default. */
async function readFromSettings(): Promise<CertificateEnd[]> {
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
