// Over everything that the history keeps: no secret stands in it, nor in the events, the lists, the files or the answers for
// tokens that only read, whatever way it came. A new kind says here what of it is secret, or why nothing is.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addApiToken, removeApiToken } from '#lib/accounts/api-token.ts';
import {
  activateDkimKeys,
  createDkimKeys,
  listDkimKeys,
  removeDkimKey,
} from '#lib/accounts/dkim-key.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { decryptSecret } from '#lib/accounts/secret.ts';
import { readTypedSetting } from '#lib/accounts/secret-setting.ts';
import { answerApi } from '#lib/api/answer.ts';
import { agreeToTerms } from '#lib/certificates/acme-account.ts';
import {
  addCertificate,
  removeCertificate,
  replaceCertificate,
} from '#lib/certificates/certificate.ts';
import { exportConfiguration } from '#lib/configuration/export.ts';
import { readFile } from '#lib/configuration/file.ts';
import { kinds } from '#lib/configuration/kinds.ts';
import { planConfiguration } from '#lib/configuration/plan.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import { describeChange } from '#lib/configuration/words.ts';
import { db, write } from '#lib/db.ts';
import { lostSecret } from '#lib/history/hidden.ts';
import { listRevisions } from '#lib/history/revision.ts';
import { addRelayRule, removeRelayRule, updateRelayRule } from '#lib/queue/relay-rule.ts';
import { settings, writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
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
const lastId = async () => (await last()).id;
const undoLast = async () => undoRevision(await lastId(), by).catch(() => {});
const bodyOf = (pem: string) => pem.split('\n')[2] ?? '';

/** What is secret of each kind: changes that bring it and take it away; they give the words to look for. Else why nothing is. */
const secretsOf: Record<string, string | (() => Promise<string[]>)> = {
  setting: async () => {
    const words = [];
    for (const { key, control } of settings) {
      if (control.kind !== 'secret') continue;
      for (const word of [`first of ${key}`, `second of ${key}`]) {
        await writeSetting(key, readTypedSetting(key, word), by);
        words.push(word);
      }
      await undoLast();
    }
    assert.ok(words.length >= 6);
    return words;
  },
  'relay rule': async () => {
    const hosts = { target: 'hosts' as const, hosts: 'relay.test', username: 'us' };
    const { id } = await addRelayRule({ ...hosts, password: 'relay one' }, by);
    await updateRelayRule(id, { password: 'relay two' }, by);
    await undoLast();
    await removeRelayRule(id, by);
    await undoLast();
    return ['relay one', 'relay two'];
  },
  webhook: async () => {
    const path = 'https://hooks.test/services/T0/path-of-the-first';
    const input = { name: 'Chat', url: path, events: ['login'] };
    const { webhook, secret } = await addWebhook(input, by);
    const { id } = webhook;
    await updateWebhook(id, { url: 'https://hooks.test/in?key=query-of-the-second' }, by);
    const other = await renewHookSecret(id, by);
    await removeWebhook(id, by);
    return [secret, other, 'path-of-the-first', 'query-of-the-second'];
  },
  'API token': async () => {
    const maker = { id: '', address: by, role: 'admin' as const, scope: 'all' as const };
    const { id, token } = await addApiToken({ name: 'Robot', role: 'admin' }, maker);
    await removeApiToken(id, by);
    return [token.slice(-32)];
  },
  'DKIM key': async () => {
    const [first] = await createDkimKeys('example.test', by);
    const rows = await db.dkimKey.findMany();
    await activateDkimKeys('example.test', null, null, by);
    await undoLast();
    assert.ok((await listDkimKeys('example.test')).length > 0);
    await createDkimKeys('example.test', by);
    const [fresh] = (await listDkimKeys('example.test')).filter(({ state }) => state === 'new');
    await removeDkimKey('example.test', fresh?.selector ?? first?.selector ?? '', by);
    return rows.map(({ secret }) => bodyOf(decryptSecret(secret) ?? ''));
  },
  certificate: async () => {
    const pair = await makeSelfSigned('mail.example.test');
    const other = await makeSelfSigned('mail.example.test');
    const kind = 'uploaded' as const;
    const { id } = await addCertificate({ kind, chain: pair.cert, key: pair.key }, by);
    await replaceCertificate(id, { chain: other.cert, key: other.key }, by);
    await removeCertificate(id, by);
    return [pair.key, other.key].map(bodyOf);
  },
  'account at an authority': async () => {
    await agreeToTerms('https://authority.test/terms', by);
    const rows = await db.acmeAccount.findMany();
    await agreeToTerms('https://authority.test/terms', by);
    return rows.map(({ secret }) => bodyOf(decryptSecret(secret) ?? ''));
  },
  user: async () => {
    const stored = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$what-it-is-compared-with';
    await addAccount({ address: 'eve@example.test', password: { stored } }, by);
    return ['what-it-is-compared-with'];
  },
  'user defaults': 'limits and texts for new users',
  domain: 'names, limits and a footer that everybody reads',
  'shared mailbox': 'nobody signs in to one',
  member: 'rights',
  alias: 'addresses',
  'directory entry': 'what everybody of the domain reads',
  network: 'ranges of addresses',
  'access rule': 'patterns and texts that senders are told',
  rewriting: 'addresses',
  announcement: 'everybody reads it',
};

describe('secrets in what is kept of changes', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let reader = '';
  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, by);
    await addAccount({ address: by, password: { stored: null }, role: 'admin' }, by);
    const maker = { id: '', address: by, role: 'admin' as const, scope: 'all' as const };
    const made = { name: 'Reader', role: 'admin' as const, isReadOnly: true };
    reader = (await addApiToken(made, maker)).token;
  });
  after(() => database.close());

  /** Everything that somebody could read of changes. */
  async function readAll(): Promise<Record<string, string>> {
    await flushTrail();
    const revisions = await listRevisions({ pageSize: 500 });
    const read = async (path: string) => {
      const request = new Request(`http://drey.test/api/v1${path}`, {
        headers: { authorization: `Bearer ${reader}` },
      });
      const answer = await answerApi(request, { remote: '127.0.0.1', isSafe: true });
      assert.equal(answer.status, 200, path);
      return answer.text();
    };
    const wrong = 'settings:\n  security.oidcClientSecret: { secret: kept }\n  web.title: 5\n';
    return {
      rows: JSON.stringify(await db.revision.findMany()),
      list: JSON.stringify([revisions, revisions.map(describeChange)]),
      events: JSON.stringify(await db.trailEvent.findMany()),
      file: await exportConfiguration(),
      plan: JSON.stringify(await planConfiguration(readFile(wrong, String))),
      history: await read('/revisions?limit=200'),
      configuration: await read('/configuration'),
      settings: await read('/settings'),
      webhooks: await read('/webhooks'),
    };
  }

  it('every kind says what is secret of it', () => {
    const names = kinds.map(({ recorded }) => recorded.kind);
    assert.deepEqual(
      names.filter((kind) => !(kind in secretsOf)),
      [],
    );
  });

  for (const [kind, secrets] of Object.entries(secretsOf)) {
    if (typeof secrets === 'string') continue;
    it(`none of a ${kind}`, async () => {
      const words = await secrets();
      assert.ok(words.every((word) => word.length > 7));
      assert.ok((await listRevisions({ kind })).length > 0);
      for (const [place, text] of Object.entries(await readAll())) {
        for (const word of words) assert.ok(!text.includes(word), `${place}: ${word}`);
        if (place !== 'rows') assert.doesNotMatch(text, /v1:|BEGIN|whsec_/, place);
      }
    });
  }

  it('shows of the address of a webhook its host, and brings back the whole', async () => {
    const hook = async () => (await listWebhooks())[0];
    const shown = async () => (await last()).after?.url;
    const [one, two] = ['https://hooks.test/a/one', 'https://hooks.test/a/two'];
    const { webhook } = await addWebhook({ name: 'Chat', url: one, events: ['login'] }, by);
    assert.equal(await shown(), 'https://hooks.test/…');
    await updateWebhook(webhook.id, { url: two }, by);
    assert.equal(await shown(), 'https://hooks.test/… (another one)');
    assert.equal(describeChange(await last()).differences.length, 1);
    await undoLast();
    assert.equal((await hook())?.url, one);
    await updateWebhook(webhook.id, { name: 'Talk' }, by);
    assert.equal(describeChange(await last()).differences.length, 1);
    const adding = (await listRevisions({ kind: 'webhook' })).find(({ before }) => !before);
    await assert.rejects(undoRevision(adding?.id ?? 0, by), (error: Error) => {
      assert.match(error.message, /changed since; .*https:\/\/hooks\.test\/…/);
      return !error.message.includes('/a/');
    });
    await removeWebhook(webhook.id, by);
    await undoRevision(await lastId(), by);
    assert.deepEqual([(await hook())?.url, (await hook())?.name], [one, 'Talk']);
    const plain = 'https://plain.test/';
    await updateWebhook((await hook())?.id ?? '', { url: plain }, by);
    assert.equal(await shown(), plain);
  });

  it('says where an address is not known any more, and takes back the rest', async () => {
    const id = (await listWebhooks())[0]?.id ?? '';
    const forget = async (side: 'before' | 'after') => {
      const row = await db.revision.findUniqueOrThrow({ where: { id: await lastId() } });
      const fields = { ...JSON.parse(row[side] ?? '{}'), url: lostSecret };
      const data = { [side]: JSON.stringify(fields) };
      await write((tx) => tx.revision.update({ where: { id: row.id }, data }));
    };
    await updateWebhook(id, { events: ['login', 'bounced'] }, by);
    for (const side of ['before', 'after'] as const) await forget(side);
    await undoRevision(await lastId(), by);
    assert.deepEqual((await listWebhooks())[0]?.events, ['login']);
    await updateWebhook(id, { url: 'https://hooks.test/a/three' }, by);
    await forget('before');
    await assert.rejects(undoRevision(await lastId(), by), { message: /not known any more/ });
    await removeWebhook(id, by);
    await forget('before');
    await assert.rejects(undoRevision(await lastId(), by), { message: /add it anew/ });
  });

  it('takes no addresses with a name and a password', () => {
    const at = 'https://us:hunter2@host.test/x';
    for (const { key, schema, control } of settings) {
      if (control.kind !== 'text' || !/url|issuer|directory$/i.test(key)) continue;
      assert.equal(schema.safeParse(at).success, false, key);
    }
  });
});
