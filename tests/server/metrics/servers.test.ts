// The scrape endpoint: names, no addresses, errors.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeSetting } from '#lib/settings/index.ts';
import { authentications, messagesReceived } from '#server/metrics/index.ts';
import { startMetrics } from '#server/metrics/servers.ts';
import type { Running } from '#server/net/running.ts';
import { startCertificates } from '#server/tls/certificate.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let certificates: Running;
let metrics: Running;
const ask = (path: string, method = 'GET') =>
  fetch(`http://127.0.0.1:${metrics.ports?.metrics}${path}`, { method });

before(async () => {
  database = await openTestDatabase();
  process.env.DREY_METRICS_PORT = '0';
  await writeSetting('server.hostname', 'mail.example.org', 'test');
  certificates = await startCertificates();
  metrics = await startMetrics();
});
after(async () => {
  await metrics.stop();
  await certificates.stop();
  await database.close();
});

describe('metrics', () => {
  it('shows counters, and the state of queue, disk and certificate', async () => {
    authentications.inc({ protocol: 'imap', result: 'ok' });
    messagesReceived.inc({ result: 'accepted', class: 'inbound' });
    const response = await ask('/metrics');
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    const text = await response.text();
    assert.match(text, /^process_resident_memory_bytes \d/m);
    assert.match(text, /^mail_auth_total\{protocol="imap",result="ok"\} 1$/m);
    assert.match(text, /^mail_messages_received_total\{result="accepted",class="inbound"\} 1$/m);
    assert.match(text, /^mail_queue_messages\{state="queued"\} 0$/m);
    assert.match(text, /^mail_disk_bytes\{kind="free"\} \d+/m);
    assert.match(text, /^mail_queue_oldest_seconds 0$/m);
    assert.match(text, /^mail_config_revision \d+$/m);
    const expiry = Number(/^mail_cert_expiry_seconds (\S+)$/m.exec(text)?.[1]);
    assert.ok(expiry > 820 * 86_400 && expiry <= 825 * 86_400);
  });

  it('answers nothing else', async () => {
    assert.equal((await ask('/')).status, 404);
    assert.equal((await ask('/metrics', 'POST')).status, 405);
    assert.equal((await ask('/metrics?x=1', 'HEAD')).status, 200);
  });

  it('says in one sentence that the port is taken', async () => {
    process.env.DREY_METRICS_PORT = String(metrics.ports?.metrics);
    await assert.rejects(startMetrics(), /metrics.*(DREY_METRICS_PORT|a port of its own)/);
    process.env.DREY_METRICS_PORT = '0';
  });
});
