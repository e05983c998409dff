// An open page hears of announcements for its user: of a new one, of the end, of what the user closes on another page.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import {
  addAnnouncement,
  type Banner,
  endAnnouncement,
  moveAnnouncementEnd,
  removeAnnouncement,
} from '#lib/accounts/announcement.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { poke } from '#lib/poke.ts';
import { changePreferences } from '#lib/preferences/index.ts';
import { watchBanners } from '#lib/webmail/live/banners.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const farMs = 3_600_000;
let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
  for (const name of ['one.test', 'two.test']) await addDomain({ name }, 'test');
});
after(() => database.close());

/** A page of a user: `next()` is what it is told next, as texts. */
function openPage(id: string, address: string) {
  const told: string[][] = [];
  let wake = () => {};
  const leave = watchBanners({ id, address }, (banners: Banner[]) => {
    told.push(banners.map(({ text }) => text));
    wake();
  });
  const next = async () => {
    while (told.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return told.shift();
  };
  return { told, next, leave };
}

const add = (text: string, domains: string[] = [], ms = farMs) =>
  addAnnouncement({ level: 'info', text, domains, until: fromNow(ms), subject: '' }, 'test');

it('tells each page what is for its user, at once and after every change', async () => {
  const first = await add('There already');
  const one = openPage('1', 'ann@one.test');
  const two = openPage('2', 'ben@two.test');
  assert.deepEqual(await one.next(), ['There already']);
  assert.deepEqual(await two.next(), ['There already']);

  const second = await add('For one alone', ['one.test']);
  assert.deepEqual(await one.next(), ['For one alone', 'There already']);
  await endAnnouncement(first.id, 'test');
  assert.deepEqual(await one.next(), ['For one alone']);
  // Of what is not for its user it has heard nothing.
  assert.deepEqual(await two.next(), []);

  await moveAnnouncementEnd(second.id, { until: fromNow(-1) }, 'test');
  assert.deepEqual(await one.next(), []);
  await moveAnnouncementEnd(second.id, { until: fromNow(farMs) }, 'test');
  assert.deepEqual(await one.next(), ['For one alone']);
  await removeAnnouncement(second.id, 'test');
  assert.deepEqual(await one.next(), []);
  one.leave();
  two.leave();
  assert.deepEqual([one.told, two.told], [[], []]);
});

it('takes one away when its time is over', async () => {
  const at = new Date();
  freezeClock(at);
  const page = openPage('1', 'ann@one.test');
  assert.deepEqual(await page.next(), []);
  await add('Short', [], 50);
  assert.deepEqual(await page.next(), ['Short']);
  freezeClock(new Date(at.getTime() + 51));
  assert.deepEqual(await page.next(), []);
  page.leave();
  freezeClock(null);
});

it('sees what another process has written', async () => {
  const page = openPage('1', 'ann@one.test');
  assert.deepEqual(await page.next(), []);
  const data = { id: 'far', level: 'info', text: 'From afar', by: 'cli', createdAt: new Date() };
  await write((tx) => tx.announcement.create({ data: { ...data, until: fromNow(farMs) } }));
  assert.deepEqual(await page.next(), ['From afar']);
  await write((tx) => tx.announcement.deleteMany());
  assert.deepEqual(await page.next(), []);
  page.leave();
});

it('takes what the user closes from the other pages of the user, and of nobody else', async () => {
  const { id } = await add('Once');
  const pages = [openPage('1', 'ann@one.test'), openPage('1', 'ann@one.test')];
  const other = openPage('2', 'ben@two.test');
  for (const page of [...pages, other]) assert.deepEqual(await page.next(), ['Once']);
  await changePreferences('1', { 'notices.closedAnnouncements': [id] });
  for (const page of pages) assert.deepEqual(await page.next(), []);
  // A page that is opened later does not hear of it either.
  const later = openPage('1', 'ann@one.test');
  assert.deepEqual(await later.next(), []);
  poke('announcements');
  assert.deepEqual(other.told, []);
  for (const page of [...pages, other, later]) page.leave();
});
