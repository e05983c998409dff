// What people set up and what they may do in the web pages, guarded by settings: forwarding, answers while away, sessions,
// the panel itself, calls to programs elsewhere.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { waitFor } from '#tests/support/daemon.ts';
import { clientSecret, startOidc } from '#tests/support/oidc.ts';
import {
  type Call,
  readActions,
  signInByOidc,
  type Visitor,
  visit,
} from '#tests/support/web-client.ts';
import { type HttpSeen, startRspamd } from '../../server/smtp/content/fake-scanners.ts';
import { ada, bob, hoursAgo, openWorld, password, type World } from './world.ts';

const cleo = 'cleo@own.test';
const warden = 'warden@own.test';
const users = 'app/(admin)/admin/users/[id]';
const hooks = 'app/(admin)/admin/webhooks/actions.ts';
const security = 'app/(mail)/options/security/actions.ts';

describe('settings of people', () => {
  const prove = openWorld({
    lines: [
      ['user', 'add', cleo, '--password-stdin'],
      ['user', 'add', warden, '--admin', '--password-stdin'],
      ['alias', 'add', 'tls-reports@own.test', ada],
      // Nothing leaves here.
      ['queue', 'pause', '*'],
    ],
  });

  function act(visitor: Visitor, name: string, call: Call) {
    const action = readActions().get(name);
    assert.ok(action, `${name} is not in the build`);
    return visitor.act(action, call);
  }
  const signIn = ({ daemon }: World, address: string, code = '') =>
    visit(daemon.url, { address, password, code });
  const idOf = ({ select }: World, address: string) =>
    String(select('SELECT "id" FROM "Account" WHERE "address" = ?', address)[0]?.id);
  const isOk = (returned: unknown) => (returned as { status?: string }).status === 'ok';
  const countFor = ({ select }: World, recipient: string) =>
    select('SELECT "id" FROM "QueueRecipient" WHERE "recipient" = ?', recipient).length;
  const letter = (to: string, subject: string, text = 'Hello') => [
    'From: olive@far.test',
    `To: ${to}`,
    `Subject: ${subject}`,
    '',
    text,
  ];

  /** What waits for `recipient` once the mail is there: both are stored in one step. */
  async function countAfter(world: World, to: string, subject: string, recipient: string) {
    await world.bring(letter(to, subject), { to: [to] });
    await world.read(to, new RegExp(`Subject: ${subject}`));
    return countFor(world, recipient);
  }

  prove('delivery.userForwarding', async (world) => {
    const forward = async (address: string) => {
      const call = { id: idOf(world, bob), address, isKept: 'on' };
      const { returned } = await act(
        world.panel,
        `${users}/mail-actions.ts#addForwardAction`,
        call,
      );
      return isOk(returned);
    };
    assert.equal(await forward('bob@away.test'), true);
    assert.equal(await countAfter(world, bob, 'to both', 'bob@away.test'), 1);
    await world.set('delivery.userForwarding', 'inside');
    assert.equal(await countAfter(world, bob, 'to one', 'bob@away.test'), 1);
    assert.equal(await forward('bob@further.test'), false);
    await world.set('delivery.userForwarding', 'off');
    assert.equal(await forward(ada), false);
  });

  prove('delivery.vacationAnswers', async (world) => {
    const vacation = { id: idOf(world, cleo), isOn: 'on', subject: 'Away', text: 'In the woods' };
    const save = `${users}/mail-actions.ts#saveUserVacationAction`;
    assert.ok(isOk((await act(world.panel, save, vacation)).returned));
    await world.set('delivery.vacationAnswers', 'off');
    assert.equal(await countAfter(world, cleo, 'unanswered', 'olive@far.test'), 0);
    await world.set('delivery.vacationAnswers', 'on');
    assert.equal(await countAfter(world, cleo, 'answered', 'olive@far.test'), 1);
  });

  prove('storage.quotaWarnings', async (world) => {
    const look = () => world.runJob('quota-warnings');
    await world.bring(letter(cleo, 'fills it'), { to: [cleo] });
    await world.read(cleo, /fills it/);
    await world.set('storage.quotaWarnings', 'off');
    await world.set('storage.defaultQuotaMessages', '1');
    const countMail = () =>
      world.imap(cleo, async (client) => (await client.mailboxOpen('INBOX')).exists);
    const before = await countMail();
    await look();
    assert.equal(await countMail(), before);
    await world.set('storage.quotaWarnings', 'on');
    await look();
    assert.equal(await countMail(), before + 1);
  });

  prove(['content.deliversReports', 'storage.reportDays'], async (world) => {
    const to = 'tls-reports@own.test';
    const report = (id: string) =>
      [
        ...['From: reports@far.test', `Subject: report ${id}`, 'MIME-Version: 1.0'],
        ...['Content-Type: text/xml', '', '<feedback><report_metadata><org_name>Far</org_name>'],
        `<report_id>${id}</report_id><date_range><begin>1795132800</begin>`,
        '<end>1795219199</end></date_range></report_metadata>',
        '<policy_published><domain>own.test</domain></policy_published>',
        '<record><row><source_ip>192.0.2.1</source_ip><count>2</count></row></record></feedback>',
      ] as string[];
    assert.match(await world.bring(report('one'), { to: [to] }), /^250/);
    await world.read(ada, /Subject: report one/);
    await world.set('content.deliversReports', 'off');
    assert.match(await world.bring(report('two'), { to: [to] }), /^250/);
    await world.event('dropped', `"reason" = 'report'`);
    await world.bring(letter(to, 'no report'), { to: [to] });
    await world.read(ada, /Subject: no report/);
    const { length } = await world.imap(ada, async (client) => {
      await client.mailboxOpen('INBOX');
      return (await client.search({ subject: 'report two' })) || [];
    });
    assert.equal(length, 0);
    const kept = world.select('SELECT "reportId" FROM "DmarcReport" ORDER BY "reportId"');
    assert.deepEqual(
      kept.map(({ reportId }) => reportId),
      ['one', 'two'],
    );
    world.alter('UPDATE "DmarcReport" SET "receivedAt" = ?', hoursAgo(10 * 24));
    const isShown = async () => {
      await world.runJob('report-retention');
      return (await world.panel.get('/admin/reports')).text.includes('192.0.2.1');
    };
    await world.set('storage.reportDays', '20');
    assert.equal(await isShown(), true);
    await world.set('storage.reportDays', '5');
    assert.equal(await isShown(), false);
  });

  prove('web.signOutLink', async (world) => {
    const leave = async () => {
      const user = await signIn(world, bob);
      return (await act(user, 'app/(auth)/actions.ts#signOutAction', [])).leadsTo;
    };
    assert.equal(await leave(), '/login');
    await world.set('web.signOutLink', 'https://oak.test/goodbye');
    assert.equal(await leave(), 'https://oak.test/goodbye');
  });

  prove('web.sessionHours', async (world) => {
    const hours = async () => {
      const user = await signIn(world, bob);
      const { expires } = JSON.parse((await user.get('/api/auth/session')).text);
      const [row] = world.select(
        `SELECT "startedAt", "expiresAt" FROM "WebSession" WHERE "accountId" = ?
          ORDER BY "startedAt" DESC`,
        idOf(world, bob),
      );
      const lasts = Date.parse(String(row?.expiresAt)) - Date.parse(String(row?.startedAt));
      return [Date.parse(expires) - Date.now(), lasts].map((ms) => Math.round(ms / 3_600_000));
    };
    assert.deepEqual(await hours(), [24, 24]);
    await world.set('web.sessionHours', '3');
    assert.deepEqual(await hours(), [3, 3]);
  });

  prove('security.adminProofMinutes', async (world) => {
    const user = await signIn(world, warden);
    const own = async <T>(name: string, call: Call) =>
      ((await act(user, `${security}#${name}`, call)).returned as { ok: T }).ok;
    const { secret } = await own<{ secret: string }>('beginAuthenticatorAction', [password]);
    const app = new TOTP({ secret: Secret.fromBase32(secret) });
    assert.ok(await own('confirmAuthenticatorAction', [app.generate()]));
    // The code of now is taken; that of the next half minute counts too.
    const code = app.generate({ timestamp: Date.now() + 30_000 });
    const panel = await signIn(world, warden, code);
    const longAgo = new Date(Date.now() - 20 * 60_000).toISOString();
    world.alter('UPDATE "WebSession" SET "provenAt" = ? WHERE "provenAt" IS NOT NULL', longAgo);
    const change = () => act(panel, 'app/(admin)/admin/jobs/actions.ts#runJobAction', ['none']);
    assert.equal((await change()).leadsTo, '');
    await world.set('security.adminProofMinutes', '10');
    assert.match((await change()).leadsTo, /^\/prove/);
  });

  prove('security.signInAsMinutes', async (world) => {
    const open = () =>
      act(world.panel, `${users}/acting-actions.ts#signInAsAction`, [idOf(world, bob)]);
    await world.set('security.signInAsMinutes', '0');
    assert.equal(typeof (await open()).returned, 'string');
    await world.set('security.signInAsMinutes', '5');
    assert.equal((await open()).leadsTo, '/mail');
  });

  prove('web.adminNetworks', async (world) => {
    const ask = async (path: string) => (await world.panel.get(path)).status;
    assert.equal(await ask('/admin/users'), 200);
    await world.set('web.adminNetworks', '10.0.0.0/8');
    try {
      assert.deepEqual([await ask('/admin/users'), await ask('/mail')], [403, 200]);
    } finally {
      await world.daemon.dreyJson(['settings', 'reset', 'web.adminNetworks', '--keep']);
    }
    assert.equal(await ask('/admin/users'), 200);
  });

  prove('security.webhooksInside', async (world) => {
    const calls: string[] = [];
    const receiver = createServer((request, response) => {
      calls.push(request.url ?? '');
      request.resume();
      response.end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const hook = { name: 'Inside', url: `http://127.0.0.1:${port}/told`, events: 'login' };
    const add = async () =>
      isOk((await act(world.panel, `${hooks}#addWebhookAction`, hook)).returned);
    assert.equal(await add(), false);
    await world.set('security.webhooksInside', 'on');
    assert.equal(await add(), true);
    const [{ id } = {}] = world.select('SELECT "id" FROM "Webhook"');
    const test = async () => (await act(world.panel, `${hooks}#testWebhookAction`, [id])).returned;
    assert.equal(await test(), undefined);
    assert.deepEqual(calls, ['/told']);
    await world.set('security.webhooksInside', 'off');
    assert.equal(typeof (await test()), 'string');
    assert.deepEqual(calls, ['/told']);
    receiver.close();
  });

  prove('server.healthToken', async ({ set, daemon }) => {
    const ask = async (token: string) => {
      const headers = { 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${token}` };
      const answer = await fetch(`${daemon.url}/api/health`, { headers });
      return ((await answer.json()) as { parts?: object[] }).parts !== undefined;
    };
    assert.equal(await ask('a secret word'), false);
    await set('server.healthToken', 'a secret word');
    assert.deepEqual([await ask('another word'), await ask('a secret word')], [false, true]);
  });

  prove(
    [
      'security.oidcIssuer',
      'security.oidcClientId',
      'security.oidcClientSecret',
      'security.oidcLabel',
      'security.oidcCreatesUsers',
    ],
    async (world) => {
      const person = { sub: '1', email: bob, email_verified: true, name: 'Bob' };
      const provider = await startOidc(person);
      world.atEnd.push(provider.close);
      const come = () => signInByOidc(world.daemon.url);
      const readLogin = async () => (await fetch(`${world.daemon.url}/login`)).text();
      const isOffered = async () => (await readLogin()).includes('Oak School');
      await world.set('security.oidcLabel', 'Oak School');
      await world.set('security.oidcClientId', 'drey');
      await world.set('security.oidcClientSecret', 'another secret');
      assert.equal(await isOffered(), false);
      await world.set('security.oidcIssuer', provider.issuer);
      assert.equal(await isOffered(), true);
      await come();
      assert.deepEqual(provider.faults.splice(0), ['client']);
      await world.set('security.oidcClientSecret', clientSecret);
      assert.equal(await come(), '/options/personal');
      assert.deepEqual(provider.faults, []);
      provider.person = { ...person, email: 'fresh@own.test' };
      assert.match(await come(), /^\/login\?/);
      await world.set('security.oidcCreatesUsers', 'on');
      assert.equal(await come(), '/options/personal');
      await world.set('security.oidcClientId', 'somebody else');
      await come();
      assert.deepEqual(provider.faults, ['client']);
    },
  );

  prove('content.rspamdLearnUrl', async (world) => {
    const seen: HttpSeen[] = [];
    const rspamd = await startRspamd(() => ({ success: true }), seen);
    world.atEnd.push(rspamd.close);
    const user = await signIn(world, bob);
    await world.set('content.rspamdLearnUrl', rspamd.address);
    await world.bring(letter(bob, 'no friend of mine'), { to: [bob] });
    await world.read(bob, /no friend of mine/);
    const uids = await world.imap(bob, async (client) => {
      await client.mailboxOpen('INBOX');
      return (await client.search({ subject: 'no friend of mine' }, { uid: true })) || [];
    });
    const move = { kind: 'move', folder: 'INBOX', uids, role: 'junk' };
    const { status, text } = await user.send('POST', '/api/mail/actions', move);
    assert.equal(status, 200, text);
    const lesson = await waitFor(() => seen[0], 'a lesson');
    assert.equal(lesson.url, '/learnspam');
    assert.match(lesson.body, /no friend of mine/);
  });
});
