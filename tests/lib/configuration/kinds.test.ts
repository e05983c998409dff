// What stands in no file of the configuration but in its history: kept without secrets, taken back where that is safe, and
// refused with a reason where it is not.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import {
  addAnnouncement,
  endAnnouncement,
  listAnnouncements,
  removeAnnouncement,
} from '#lib/accounts/announcement.ts';
import { addApiToken, listApiTokens, removeApiToken } from '#lib/accounts/api-token.ts';
import {
  activateDkimKeys,
  createDkimKeys,
  listDkimKeys,
  removeDkimKey,
  retireDkimKey,
} from '#lib/accounts/dkim-key.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { agreeToTerms, makeKey, saveAccountKey } from '#lib/certificates/acme-account.ts';
import {
  addCertificate,
  listCertificates,
  orderCertificate,
  removeCertificate,
  replaceCertificate,
} from '#lib/certificates/certificate.ts';
import { fromNow } from '#lib/clock.ts';
import { kinds } from '#lib/configuration/kinds.ts';
import { refuseUndo, undoRevision } from '#lib/configuration/undo.ts';
import { db } from '#lib/db.ts';
import { listRevisions } from '#lib/history/revision.ts';
import {
  addWebhook,
  listWebhooks,
  removeWebhook,
  renewHookSecret,
  updateWebhook,
} from '#lib/webhooks/webhook.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'ada@example.test';
const last = async () => (await listRevisions({ pageSize: 1 }))[0]!;
const undo = async () => undoRevision((await last()).id, by);

describe('what stands in no file', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, by);
    await addAccount({ address: by, password: { stored: null }, role: 'admin' }, by);
  });
  after(() => database.close());

  it('has a way back or a reason for each kind of change, and no name twice', () => {
    const names = kinds.map(({ recorded }) => recorded.kind);
    assert.equal(new Set(names).size, names.length);
    for (const kind of kinds) {
      for (const text of Object.values(kind.refuses ?? {})) assert.match(text, /^[A-Z].*\.$/);
    }
  });

  it('takes back what webhooks are told, and never knows their secrets', async () => {
    const { webhook, secret } = await addWebhook(
      { name: 'Billing', url: 'https://a.test/', events: ['login'], domains: ['example.test'] },
      by,
    );
    const { id } = webhook;
    const hook = async () => (await listWebhooks())[0];
    await updateWebhook(id, { name: 'Bills', events: ['login', 'bounced'] }, by);
    await updateWebhook(id, { isDisabled: true }, by);
    assert.deepEqual((await last()).subject, 'webhook Bills');
    await undo();
    assert.equal((await hook())?.isDisabled, false);
    const [, , changed] = await listRevisions({ pageSize: 3 });
    await undoRevision(changed?.id ?? 0, by);
    assert.deepEqual([(await hook())?.name, (await hook())?.events], ['Billing', ['login']]);
    const other = await renewHookSecret(id, by);
    await assert.rejects(undo(), { reason: 'invalid', message: /not known any more/ });
    await removeWebhook(id, by);
    assert.match(await undo(), /not known any more/);
    assert.deepEqual((await hook())?.domains, ['example.test']);
    await undo();
    assert.deepEqual(await listWebhooks(), []);
    const rows = JSON.stringify(await db.revision.findMany());
    for (const word of [secret, other, 'whsec_']) assert.ok(!rows.includes(word), word);
  });

  it('takes a token away that was made, and brings none back', async () => {
    const maker = { id: '', address: 'cli:root', role: 'admin' as const, scope: 'all' as const };
    const input = { name: 'Robot', role: 'help-desk' as const, domains: ['example.test'] };
    const { token } = await addApiToken({ ...input, networks: ['192.0.2.0/24'] }, maker);
    const { by: who, subject, after: made } = await last();
    assert.deepEqual([who, subject], ['cli:root', 'API token Robot']);
    assert.deepEqual(made, {
      ...{ name: 'Robot', role: 'help-desk', domains: ['example.test'] },
      ...{ networks: ['192.0.2.0/24'], isReadOnly: false, madeBy: 'cli:root', expiresAt: null },
    });
    await undo();
    assert.deepEqual(await listApiTokens(), []);
    assert.match(refuseUndo(await last()) ?? '', /make a new one/);
    await assert.rejects(undo(), { reason: 'forbidden', message: /make a new one/ });
    const second = await addApiToken({ name: 'Second', role: 'admin' }, maker);
    await removeApiToken(second.id, by);
    const rows = JSON.stringify(await db.revision.findMany());
    assert.ok(!rows.includes(token.slice(-32)));
    assert.ok(!rows.includes('"hash"'));
  });

  it('takes back the end of an announcement, and unsays one', async () => {
    const until = fromNow(3_600_000);
    const words = { level: 'info' as const, text: 'New server\ntonight', domains: [] };
    const { id } = await addAnnouncement({ ...words, until, subject: 'News' }, by);
    const { id: adding, subject } = await last();
    assert.equal(subject, 'announcement “New server tonight”');
    await endAnnouncement(id, by);
    await assert.rejects(undoRevision(adding, by), { reason: 'conflict' });
    await undo();
    const [now] = await listAnnouncements();
    assert.deepEqual([now?.until?.getTime(), now?.mail], [until.getTime(), 'waiting']);
    await undo();
    assert.equal((await listAnnouncements())[0]?.mail, 'stopped');
    await removeAnnouncement(id, by);
    await assert.rejects(undo(), { reason: 'forbidden', message: /once more/ });
    await addAnnouncement({ ...words, until, subject: '' }, by);
    await undo();
    assert.deepEqual(await listAnnouncements(), []);
  });

  it('keeps what becomes of DKIM keys, of both of a pair, and takes new ones away', async () => {
    const start = (await last()).id;
    const [first, second] = await createDkimKeys('example.test', by);
    const selectors = [first?.selector ?? '', second?.selector ?? ''];
    await activateDkimKeys('example.test', null, null, by);
    await assert.rejects(undo(), { reason: 'forbidden', message: /page of the domain/ });
    await createDkimKeys('example.test', by);
    await activateDkimKeys('example.test', null, null, by);
    // Each of the four: made and activated; the first two became old.
    const all = (await listRevisions({ pageSize: 100 })).filter(({ id }) => id > start);
    assert.equal(all.length, 10);
    const old = all.filter(({ before, after }) => before?.state === 'active' && after);
    assert.deepEqual(old.map(({ after }) => after?.selector).sort(), selectors.sort());
    const active = (await listDkimKeys('example.test')).find(({ state }) => state === 'active');
    await retireDkimKey('example.test', active?.selector ?? '', by);
    assert.deepEqual((await last()).after?.state, 'old');
    await removeDkimKey('example.test', selectors[0] ?? '', by);
    await assert.rejects(undo(), { reason: 'forbidden', message: /private key is gone/ });
    await createDkimKeys('example.test', by);
    const [one, other] = await listRevisions({ pageSize: 2 });
    for (const revision of [one, other]) await undoRevision(revision?.id ?? 0, by);
    const states = (await listDkimKeys('example.test')).map(({ state }) => state);
    assert.ok(!states.includes('new'));
    await assertNoKeys();
  });

  it('keeps what becomes of certificates, and orders again what was taken away', async () => {
    const uploaded = await makeSelfSigned('mail.example.test');
    const { id } = await addCertificate(
      { kind: 'uploaded', chain: uploaded.cert, key: uploaded.key },
      by,
    );
    assert.equal((await last()).after?.kind, 'uploaded');
    const other = await makeSelfSigned('mail.example.test');
    await replaceCertificate(id, { chain: other.cert, key: other.key }, by);
    const { before: old, after: now } = await last();
    assert.notEqual(old?.key, now?.key);
    await assert.rejects(undo(), { reason: 'forbidden', message: /upload that certificate again/ });
    await removeCertificate(id, by);
    await assert.rejects(undo(), { reason: 'forbidden', message: /private key is gone/ });
    const ordered = await addCertificate({ kind: 'acme', names: ['a.test', 'b.test'] }, by);
    const { id: adding, subject } = await last();
    assert.equal(subject, 'certificate of a.test and 1 more');
    await orderCertificate(ordered.id, by);
    assert.equal((await last()).id, adding, 'an order changes nothing that is configured');
    await removeCertificate(ordered.id, by);
    await undo();
    assert.deepEqual(
      (await listCertificates()).map(({ names }) => names),
      [['a.test', 'b.test']],
    );
    await undo();
    assert.deepEqual(await listCertificates(), []);
    await agreeToTerms('https://authority.test/terms', by);
    const { key, after: agreed } = await last();
    assert.equal(agreed?.terms, 'https://authority.test/terms');
    await saveAccountKey(key, await makeKey(), by);
    assert.notEqual((await last()).after?.key, agreed?.key);
    await assert.rejects(undo(), { reason: 'forbidden', message: /Agree to the terms anew/ });
    await assertNoKeys();
  });
});

async function assertNoKeys(): Promise<void> {
  const rows = JSON.stringify(await db.revision.findMany({ where: { kind: { not: 'webhook' } } }));
  for (const word of ['PRIVATE', 'BEGIN', 'v1:']) assert.ok(!rows.includes(word), word);
}
