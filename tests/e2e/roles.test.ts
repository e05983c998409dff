// Every page and every action of the panel with every role, with objects of an own and of another domain: who may gets an
// answer, everybody else 403, what is another domain's does not exist, and a refused call changes nothing at all.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import { mayRole, type Permission } from '#lib/accounts/permission.ts';
import type { Role } from '#lib/accounts/role.ts';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import {
  addressOf,
  type Call,
  readActions,
  type Visitor,
  visit,
} from '#tests/support/web-client.ts';
import { doors, type Who } from '../app/doors.ts';

const password = 'a nest of seven nuts';
/** Tables that change by themselves. */
const movingTables =
  /^(TrailEvent|WebSession|LoginThrottle|Node|NodeReport|RollUp|JobRun|DomainDay|DomainHour|DomainDns|Lease|Finding)$/;
const own = 'own.test';
const other = 'other.test';
const people: Record<Role, string> = {
  admin: `root@${own}`,
  'domain-admin': `dora@${own}`,
  'help-desk': `hal@${own}`,
  user: `uma@${own}`,
};
const roles = Object.keys(people) as Role[];

/** What there is in one domain. */
type Things = {
  domain: string;
  user: string;
  /** The id of the user */
  id: string;
  alias: string;
  aliasId: string;
  shared: string;
  session: string;
  /** A recipient in the queue */
  entry: string;
};

/** How the actions are called that others than super admins may. What is taken away goes last. */
const calls: Record<string, (of: Things) => Call> = {
  'users/[id]/sign-in-actions.ts#endUserSessionAction': ({ id, session }) => [id, session],
  'users/actions.ts#addUserAction': ({ domain }) => {
    return { localPart: 'new', domain, displayName: '', password, quota: '', messages: '' };
  },
  'users/actions.ts#editUserAction': ({ id }) => {
    return { id, displayName: 'Another', quota: '', messages: '' };
  },
  'users/actions.ts#setPasswordAction': ({ id }) => ({ id, password: 'eleven brown leaves' }),
  'users/actions.ts#setMustChangeAction': ({ id }) => [id, true],
  'users/actions.ts#makePasswordLinkAction': ({ id }) => [id],
  'users/actions.ts#addUserAliasAction': ({ domain, user }) => {
    return { localPart: 'second', domain, target: user };
  },
  'users/actions.ts#removeUserAliasAction': ({ domain }) => [`second@${domain}`],
  'users/sending-actions.ts#holdSendingAction': ({ id }) => [id],
  'users/sending-actions.ts#releaseSendingAction': ({ id }) => [id],
  'users/[id]/deleted/actions.ts#restoreAction': ({ id }) => [id, '#deleted/INBOX', 1],
  'users/[id]/deleted/actions.ts#restoreAllAction': ({ id }) => [id, '#deleted/INBOX'],
  'users/[id]/sign-in-actions.ts#resetSecondFactorAction': ({ id }) => [id],
  'users/[id]/sign-in-actions.ts#removeUserAppPasswordAction': ({ id }) => [id, 'none'],
  'users/[id]/sign-in-actions.ts#endUserSessionsAction': ({ id }) => [id],
  'aliases/actions.ts#addAliasAction': ({ domain }) => {
    return { kind: 'catch-all', localPart: '', domain, targets: 'x@outside.test' };
  },
  'aliases/actions.ts#editAliasAction': ({ alias }) => {
    return { address: alias, targets: 'thief@outside.test' };
  },
  'aliases/actions.ts#changeAliasesAction': ({ aliasId }) => [{ ids: [aliasId] }, 'disable'],
  'aliases/actions.ts#removeAliasAction': ({ alias }) => [alias],
  'shared/actions.ts#addSharedAction': ({ domain }) => {
    return { localPart: 'group', domain, displayName: '' };
  },
  'shared/actions.ts#renameSharedAction': ({ domain }) => {
    return { address: `group@${domain}`, localPart: 'crew', domain };
  },
  'shared/actions.ts#editSharedAction': ({ shared }) => {
    return { address: shared, displayName: 'Ours', isEnabled: 'on' };
  },
  'shared/actions.ts#addMemberAction': ({ shared, user }) => {
    return { address: shared, member: user, mayWrite: 'on' };
  },
  'shared/actions.ts#setMemberAction': ({ shared, user }) => {
    return [{ shared, member: user, mayWrite: false, maySend: true }];
  },
  'shared/actions.ts#removeMemberAction': ({ shared, user }) => [{ shared, member: user }],
  'shared/actions.ts#removeSharedAction': ({ shared }) => [shared],
  'shared/actions.ts#restoreSharedAction': ({ shared }) => [shared],
  'shared/actions.ts#purgeSharedAction': ({ shared }) => [shared],
  'domains/[domain]/dkim-actions.ts#createKeysAction': ({ domain }) => [domain],
  'domains/[domain]/dkim-actions.ts#lookUpAction': ({ domain }) => [domain],
  'domains/[domain]/dkim-actions.ts#activateKeysAction': ({ domain }) => [domain, 'none'],
  'domains/[domain]/dkim-actions.ts#retireKeyAction': ({ domain }) => [domain, 'none'],
  'domains/[domain]/dkim-actions.ts#removeKeyAction': ({ domain }) => [domain, 'none'],
  'domains/[domain]/footer-actions.ts#saveFooterAction': ({ domain }) => {
    return { domain, text: 'A footer', html: '', for: 'outside' };
  },
  'queue/actions.ts#retryEntryAction': ({ entry }) => [entry],
  'users/sending-actions.ts#lockSenderAction': ({ id }) => [id],
  'users/sending-actions.ts#dropHeldMailAction': ({ id }) => [id],
  'users/actions.ts#setDisabledAction': ({ id }) => [id, true],
  'users/[id]/mail-actions.ts#addForwardAction': ({ id }) => ({ id, address: 'x@outside.test' }),
  'users/[id]/mail-actions.ts#saveUserVacationAction': ({ id }) => ({ id, text: 'Away' }),
  'users/[id]/mail-actions.ts#switchUserRuleAction': ({ id }) => [id, 'none', true],
  'users/[id]/mail-actions.ts#removeUserRuleAction': ({ id }) => [id, 'none'],
  'users/batch/actions.ts#runBatchAction': ({ user }) => {
    return [{ text: `modify:${user}:::::B`, domain: '', mustChange: false, isRehearsal: false }];
  },
  'users/bulk-actions.ts#changeUsersAction': ({ id }) => [{ ids: [id] }, { do: 'enable' }],
  'users/[id]/program-actions.ts#savePop3Action': ({ id }) => {
    return { id, folders: 'INBOX', deletion: 'trash', marksSeen: 'off' };
  },
  'users/[id]/program-actions.ts#saveProtocolsAction': ({ id }) => ({ id, imap: 'on' }),
  'users/defaults/actions.ts#saveUserDefaultsAction': ({ domain }) => {
    return { domain, mustChange: 'yes', protocols: '' };
  },
  'users/actions.ts#renameUserAction': ({ id, domain }) => {
    return { id, localPart: 'renamed', domain };
  },
  'users/actions.ts#removeUserAction': ({ id }) => [id],
  'users/actions.ts#restoreUserAction': ({ id }) => [id],
  'users/actions.ts#purgeUserAction': ({ id }) => [id],
};

/** What is not there says so, in an own domain too. */
const emptyHanded =
  /restore(?!Shared)|UserRule|resetSecond|removeUserApp|activateKeys|retireKey|removeKey/;

const refused = /There is no|not in the queue|has a role/;
const panel = '(admin)/admin/';
const panelDoors = Object.entries(doors).flatMap(([who, list]) =>
  list.filter((door) => door.startsWith('(admin)/')).map((door) => ({ who: who as Who, door })),
);
const permissionOf = (who: Who) => (who === 'admin' ? null : (who as Permission));

describe('roles', () => {
  let daemon: Daemon;
  let mine: Things;
  let theirs: Things;
  let staffed: Things;
  let database: DatabaseSync;
  const visitors = {} as Record<Role, Visitor>;
  const actions = readActions();

  before(async () => {
    daemon = await startDaemon();
    await waitHealthy(daemon.url);
    const drey = (...words: string[]) => daemon.dreyJson(words, password);
    await drey('setup', '--admin', people.admin, '--password-stdin');
    await drey('domain', 'add', other);
    for (const domain of [own, other]) {
      await drey('user', 'add', `person@${domain}`, '--password-stdin');
      await drey('alias', 'add', `info@${domain}`, `person@${domain}`);
      await drey('shared', 'add', `team@${domain}`);
      await drey('shared', 'member', `team@${domain}`, `person@${domain}`);
    }
    for (const role of ['domain-admin', 'help-desk', 'user'] as const) {
      await drey('user', 'add', people[role], '--password-stdin');
      if (role !== 'user') await drey('user', 'role', people[role], role, '--domain', own);
    }
    await drey('queue', 'pause', '*');
    for (const role of roles) {
      visitors[role] = await visit(daemon.url, { address: people[role], password });
    }
    const file = readdirSync(daemon.folder).find((name) => name.endsWith('.db')) ?? '';
    database = new DatabaseSync(join(daemon.folder, file), { readOnly: true });
    [mine, theirs] = [await fill(own), await fill(other)];
    const [{ id = '' } = {}] = select('Account', `address = '${people.admin}'`);
    staffed = { ...mine, id, user: people.admin };
  });
  after(async () => {
    database?.close();
    await daemon?.stop();
  });

  function select(table: string, where: string): Record<string, string>[] {
    const rows = database.prepare(`SELECT * FROM "${table}" WHERE ${where}`).all();
    return rows as Record<string, string>[];
  }

  /** A session and a queued mail of the person of a domain. */
  async function fill(domain: string): Promise<Things> {
    const user = `person@${domain}`;
    await visit(daemon.url, { address: user, password });
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      auth: { user, pass: password },
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({
      from: user,
      to: `x@outside.${domain}`,
      subject: 'Out',
      text: 'Out',
    });
    transport.close();
    const [{ id = '' } = {}] = select('Account', `address = '${user}'`);
    const session = await waitFor(
      () => select('WebSession', `accountId = '${id}'`)[0],
      'a session',
    );
    const entry = await waitFor(
      () => select('QueueRecipient', `domain = 'outside.${domain}'`)[0],
      'a queued recipient',
    );
    const [{ id: aliasId = '' } = {}] = select('Alias', `address = 'info@${domain}'`);
    return {
      ...{ domain, user, id, aliasId, alias: `info@${domain}`, shared: `team@${domain}` },
      ...{ session: session.id ?? '', entry: entry.id ?? '' },
    };
  }

  /** Everything but the trail, what daemons say of themselves, and when sessions were used last. */
  function look(): string {
    const tables = database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
      .all()
      .map(({ name }) => String(name))
      .filter((name) => /^[A-Z]/.test(name) && !movingTables.test(name));
    const rows = tables.map((name) => [name, select(name, 'true')]);
    const sessions = select('WebSession', 'true').map(({ id }) => id);
    return JSON.stringify([rows, sessions], (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  }

  /** Whether the call names an account: one with a role is not for others to change. */
  const takesUser = (call: (of: Things) => Call) =>
    JSON.stringify(call(staffed)).includes(staffed.id);

  const actionOf = (door: string) => {
    const action = actions.get(`app/${door}`);
    assert.ok(action, `${door} is not in the build`);
    return action;
  };

  /** The address of a page, with whose things are asked for. */
  function pathOf(door: string, of: Things): string {
    const path = addressOf(door);
    if (door.includes('queue/[id]')) return path.replace('/x', `/${of.entry}`);
    if (door.includes('[domain]')) return path.replace('/x', `/${of.domain}`);
    if (door.includes('users/[id]')) return path.replace('/x', `/${of.id}`);
    return path.replace('/settings/x', '/settings/server');
  }

  for (const { who, door } of panelDoors.filter(({ door }) => door.endsWith('page.tsx'))) {
    it(`${who}: ${addressOf(door)}`, async () => {
      const hasObject = /\[(id|domain)\]/.test(door) && who !== 'admin';
      for (const role of roles) {
        const { status, text } = await visitors[role].get(pathOf(door, mine));
        const may = mayRole(role, permissionOf(who));
        const wanted = door.includes('[...missing]') ? 404 : 200;
        if (may)
          assert.ok(status === wanted || (who === 'admin' && status < 405), `${role} ${status}`);
        else assert.equal(status, 403, role);
        if (role !== 'admin') assert.doesNotMatch(text, /other\.test/, role);
        if (!hasObject || !may || role === 'admin') continue;
        const foreign = await visitors[role].get(pathOf(door, theirs));
        assert.equal(foreign.status, 404, role);
        // The address that was asked for stands in the page.
        assert.doesNotMatch(foreign.text, /@(outside\.)?other\.test/, role);
        if (door.includes('users/')) {
          assert.equal((await visitors[role].get(pathOf(door, staffed))).status, 404, role);
        }
      }
      const stranger = await visit(daemon.url, null);
      assert.equal((await stranger.get(pathOf(door, mine))).status, 307);
    });
  }

  for (const { who, door } of panelDoors.filter((each) => each.door.endsWith('route.ts'))) {
    const path = addressOf(door);
    it(`${who}: ${path}, what a page fetches`, async () => {
      for (const role of roles) {
        const { status, text } = await visitors[role].get(path);
        if (mayRole(role, permissionOf(who))) assert.ok(![307, 403].includes(status), role);
        else assert.equal(status, 403, role);
        if (role !== 'admin') assert.doesNotMatch(text, /other\.test/, role);
      }
      const stranger = await visit(daemon.url, null);
      assert.equal((await stranger.get(path)).status, 307);
    });
  }

  it('lists and searches find nothing of another domain', async () => {
    for (const role of ['domain-admin', 'help-desk'] as const) {
      for (const path of ['users', 'aliases', 'shared', 'queue', 'events', 'domains']) {
        for (const query of [
          `q=${other}`,
          `domain=${other}`,
          'q=person',
          `q=outside&sender=person`,
        ]) {
          const { text } = await visitors[role].get(`/admin/${path}?${query}`);
          const shown = text.replaceAll(query, '').replaceAll(`value="${other}"`, '');
          assert.doesNotMatch(shown, /@(outside\.)?other\.test/, `${role} ${path}?${query}`);
        }
      }
    }
    const { text } = await visitors['domain-admin'].get('/admin/users?q=person');
    assert.match(text, /person@own\.test/);
  });

  for (const { who, door } of panelDoors.filter(({ door }) => door.includes('#'))) {
    const name = door.slice(panel.length);
    it(`${who}: ${name} with another domain’s things`, async () => {
      const call = calls[name];
      assert.ok(call || who === 'admin', 'has a line among the calls');
      const seen = look();
      for (const role of roles.filter((each) => each !== 'admin')) {
        if (!call || !mayRole(role, permissionOf(who))) {
          const answer = await visitors[role].act(actionOf(door), call?.(mine) ?? []);
          assert.equal(answer.status, 403, role);
          continue;
        }
        for (const of of takesUser(call) ? [theirs, staffed] : [theirs]) {
          const { status, returned } = await visitors[role].act(actionOf(door), call(of));
          assert.equal(status, 200, role);
          assert.match(JSON.stringify(returned ?? null), refused, `${role} ${of.user}`);
        }
      }
      assert.equal(look(), seen, 'nothing has changed');
    });
  }

  it('each action works in an own domain', async () => {
    for (const [name, call] of Object.entries(calls)) {
      const answer = await visitors['domain-admin'].act(actionOf(panel + name), call(mine));
      assert.equal(answer.status, 200, name);
      const text = JSON.stringify(answer.returned ?? null);
      if (emptyHanded.test(name)) assert.doesNotMatch(text, /no such user|no domain/, name);
      else
        assert.doesNotMatch(
          text,
          /"status":"error"|"error":"(?!\$undefined)|^"/,
          `${name}: ${text}`,
        );
    }
  });

  it('the help desk sets passwords that must be changed', async () => {
    const [{ id = '' } = {}] = select('Account', `address = '${people.user}'`);
    const setPassword = 'users/actions.ts#setPasswordAction';
    const call = calls[setPassword]?.({ ...mine, id }) ?? [];
    const { returned } = await visitors['help-desk'].act(actionOf(panel + setPassword), call);
    assert.match(JSON.stringify(returned), /"status":"ok"/);
    assert.equal(Number(select('Account', `id = '${id}'`)[0]?.mustChange), 1);
    const setMustChange = actionOf(`${panel}users/actions.ts#setMustChangeAction`);
    const answer = await visitors['help-desk'].act(setMustChange, [id, false]);
    assert.match(JSON.stringify(answer.returned), /temporary password/);
    assert.equal(Number(select('Account', `id = '${id}'`)[0]?.mustChange), 1);
  });
});
