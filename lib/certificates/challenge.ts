// What an authority asks for to prove a name (RFC 8555 §8.3, RFC 8737), while an order runs: rows, so that every node and
// the web app answer alike.
import { fromNow, now } from '../clock.ts';
import { db, write } from '../db.ts';

export type ChallengeKind = 'http-01' | 'tls-alpn-01';
export type Challenge = { token: string; kind: ChallengeKind; name: string; answer: string };

const livesMs = 60 * 60_000;
/** RFC 8555 §8.3: base64url */
const tokenPattern = /^[A-Za-z0-9_-]{8,256}$/;

/** Answers for an hour, or until it is removed. */
export async function putChallenge({ token: id, ...rest }: Challenge): Promise<void> {
  const row = { ...rest, expiresAt: fromNow(livesMs) };
  await write((tx) =>
    tx.acmeChallenge.upsert({ where: { id }, create: { id, ...row }, update: row }),
  );
}

export async function removeChallenges(tokens: string[]): Promise<void> {
  await write((tx) =>
    tx.acmeChallenge.deleteMany({
      where: { OR: [{ id: { in: tokens } }, { expiresAt: { lt: now() } }] },
    }),
  );
}

/** The body to answer GET /.well-known/acme-challenge/TOKEN with; null = there is no such. */
export async function findHttpAnswer(token: string): Promise<string | null> {
  if (!tokenPattern.test(token)) return null;
  const row = await db.acmeChallenge.findUnique({ where: { id: token } });
  return row?.kind === 'http-01' && row.expiresAt > now() ? row.answer : null;
}

/** The key authorization for a handshake that asks for `name`; null = there is no such. */
export async function findAlpnAnswer(name: string): Promise<string | null> {
  const row = await db.acmeChallenge.findFirst({
    where: { kind: 'tls-alpn-01', name, expiresAt: { gt: now() } },
    orderBy: { expiresAt: 'desc' },
  });
  return row?.answer ?? null;
}
