// The service worker of the webmail: it shows notifications of new mail and opens the message that is clicked. It
// answers no requests and keeps nothing.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openMessage(event.notification.data ?? {}));
});

async function openMessage({ folder, uid }) {
  const pages = await self.clients.matchAll({ type: 'window' });
  const page = pages.find((each) => new URL(each.url).pathname.startsWith('/mail'));
  if (page) {
    await page.focus();
    page.postMessage({ kind: 'drey-notice', folder, uid });
    return;
  }
  const path = String(folder ?? 'INBOX')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  await self.clients.openWindow(`/mail/${path}${uid ? `?message=${Number(uid)}` : ''}`);
}
