// Webhooks against receivers of our own: signatures by other code, order, failures, redirects, private addresses, giving up.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { shiftClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail, recordEvent } from '#lib/trail/record.ts';
import { hookPayload } from '#lib/webhooks/payload.ts';
import { testWebhook } from '#lib/webhooks/send.ts';
import { addWebhook, readWebhook, removeWebhook, updateWebhook } from '#lib/webhooks/webhook.ts';
import { pauseMs, serveHook } from '#server/webhooks/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';

type Heard = { headers: IncomingMessage['headers']; body: string; path: string };

describe('webhooks', () => {
  let close: () => Promise<void>;
  let receiver: Server;
  let url: string;
  let status = 200;
  const heard: Heard[] = [];
  const never = new AbortController().signal;

  before(async () => {
    ({ close } = await openTestDatabase());
    await addDomain({ name: 'own.test' }, 'test');
    await addDomain({ name: 'other.test' }, 'test');
    await addAccount(
      { address: 'root@own.test', password: { stored: null }, role: 'admin' },
      'test',
    );
    receiver = createServer(async (request, response) => {
      // Says nothing, ever.
      if (request.url === '/silent') return;
      let body = '';
      for await (const chunk of request) body += chunk;
      heard.push({ headers: request.headers, body, path: request.url ?? '' });
      if (status === 302) response.setHeader('location', `${url}/elsewhere`);
      response.statusCode = status;
      // Nobody reads it.
      response.end('x'.repeat(100_000));
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });
  after(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await flushTrail();
    await close();
  });

  async function tell(kind: 'delivered' | 'sent' | 'bounced', recipient: string): Promise<void> {
    recordEvent({
      traceId: 't',
      kind,
      sender: 'a@far.test',
      recipient,
      text: `${kind} ${recipient}`,
    });
    await flushTrail();
  }

  const waitingFor = (hookId: string) => db.webhookEvent.count({ where: { hookId } });
  const add = async (events: string[], domains: string[] = [], at = url) => {
    const fields = { name: 'Billing', url: at, events, domains };
    return addWebhook(fields, 'test');
  };

  it('wants https and the public Internet, unless the administrator says otherwise', async () => {
    await assert.rejects(add(['delivered']), /https/);
    const { webhook } = await add(['delivered'], [], 'https://127.0.0.1:1/');
    const answer = await testWebhook(webhook.id);
    assert.equal(answer.status, 0);
    assert.match(answer.problem, /may not be visited/);
    await removeWebhook(webhook.id, 'test');
    await writeSetting('security.webhooksInside', true, 'test');
  });

  it('signs each event, in order, and tells only what was asked for', async () => {
    heard.length = 0;
    const { webhook, secret } = await add(['delivered'], ['own.test']);
    await tell('delivered', 'one@own.test');
    await tell('bounced', 'two@own.test');
    await tell('delivered', 'three@other.test');
    await tell('sent', 'four@own.test');
    assert.equal(await waitingFor(webhook.id), 2);
    await serveHook(webhook.id, never);
    assert.equal(await waitingFor(webhook.id), 0);
    const told = heard.map(({ body }) => hookPayload.parse(JSON.parse(body)));
    assert.deepEqual(
      told.map(({ type, data }) => `${type} ${data.kind} ${data.recipient}`),
      ['delivered delivered one@own.test', 'delivered sent four@own.test'],
    );
    for (const { headers, body } of heard) {
      // As the Standard Webhooks convention says it, by the bytes.
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const wanted = createHmac('sha256', key).update(signed).digest('base64');
      assert.equal(headers['webhook-signature'], `v1,${wanted}`);
      assert.equal(headers['content-type'], 'application/json');
    }
    assert.equal((await readWebhook(webhook.id)).answers[0]?.problem, '');
    await removeWebhook(webhook.id, 'test');
  });

  it('waits for nobody for long', async () => {
    const { webhook } = await add(['bounced'], [], `${url}/silent`);
    const answer = await testWebhook(webhook.id, { timeoutMs: 50 });
    assert.equal(answer.status, 0);
    assert.match(answer.problem, /answer/);
    assert.deepEqual((await readWebhook(webhook.id)).answers, [answer]);
    await removeWebhook(webhook.id, 'test');
  });

  it('keeps what a receiver refuses, with growing pauses, and sends it again', async () => {
    const { webhook } = await add(['bounced']);
    await tell('bounced', 'one@own.test');
    await tell('bounced', 'two@own.test');
    for (const [wrong, failures] of [
      [500, 1],
      [302, 2],
    ] as const) {
      status = wrong;
      heard.length = 0;
      await serveHook(webhook.id, never);
      assert.equal(heard.length, 1, 'the second waits for the first');
      assert.equal(heard[0]?.path, '/');
      const state = await readWebhook(webhook.id);
      assert.equal(state.failures, failures);
      assert.ok(state.nextAt);
      assert.match(state.answers[0]?.problem ?? '', new RegExp(String(wrong)));
    }
    const first = heard[0]?.headers['webhook-id'];
    status = 204;
    heard.length = 0;
    await serveHook(webhook.id, never);
    assert.equal(heard[0]?.headers['webhook-id'], first, 'the same id again');
    assert.equal(heard.length, 2);
    assert.deepEqual((await readWebhook(webhook.id)).failures, 0);
    assert.ok(pauseMs(1) < pauseMs(5) && pauseMs(50) <= 3_600_000);
    await removeWebhook(webhook.id, 'test');
  });

  it('gives up after a day, and tells the administrators', async () => {
    status = 500;
    const { webhook } = await add(['bounced']);
    await tell('bounced', 'one@own.test');
    await serveHook(webhook.id, never);
    shiftClock(25 * 3_600_000);
    await serveHook(webhook.id, never);
    const state = await readWebhook(webhook.id);
    assert.equal(state.isDisabled, true);
    assert.equal(await waitingFor(webhook.id), 0);
    assert.equal(await db.message.count(), 1, 'a letter');
    await tell('bounced', 'two@own.test');
    assert.equal(await waitingFor(webhook.id), 0);
    await updateWebhook(webhook.id, { isDisabled: false }, 'test');
    await tell('bounced', 'three@own.test');
    status = 200;
    heard.length = 0;
    await serveHook(webhook.id, never);
    assert.equal(heard.length, 1);
  });

  it('loses nothing and nothing is there that did not happen', async () => {
    const { webhook } = await add(['change']);
    const count = await waitingFor(webhook.id);
    await assert.rejects(addDomain({ name: 'own.test' }, 'test'));
    assert.equal(await waitingFor(webhook.id), count, 'the change was rolled back');
    await addDomain({ name: 'third.test' }, 'test');
    assert.equal(await waitingFor(webhook.id), count + 1);
  });
});
