// A notification of the browser for new mail: through the service worker where there is one (phones have no other way),
// else by the page itself. One tab tells, the others see that it did.

export type Notice = { title: string; body: string; tag: string; folder: string; uid: number };

const workerPath = '/notices-worker.js';
const holdMs = 3000;

/** Whether this browser can show notifications on this page at all. */
export function mayNotify(): boolean {
  return typeof Notification === 'function' && window.isSecureContext;
}

/** Asks the person; call it from a click. */
export async function askForNotices(): Promise<NotificationPermission> {
  if (!mayNotify()) return 'denied';
  const answer = await Notification.requestPermission();
  if (answer === 'granted') await navigator.serviceWorker?.register(workerPath).catch(() => {});
  return answer;
}

/** Runs `tell` in one tab only, of all that hear of the same `tag` within some seconds. */
export async function tellOnce(tag: string, tell: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return tell();
  await navigator.locks.request(`drey-notice ${tag}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    await tell();
    await new Promise((resolve) => setTimeout(resolve, holdMs));
  });
}

export async function showNotice(notice: Notice, onOpen: (notice: Notice) => void): Promise<void> {
  if (!mayNotify() || Notification.permission !== 'granted') return;
  const { title, body, tag, folder, uid } = notice;
  const options = { body, tag, icon: '/icon-192.png', badge: '/icon-192.png' };
  const worker = await navigator.serviceWorker?.getRegistration(workerPath).catch(() => undefined);
  if (worker?.active) {
    await worker.showNotification(title, { ...options, data: { folder, uid } });
    return;
  }
  const shown = new Notification(title, options);
  shown.onclick = () => {
    window.focus();
    shown.close();
    onOpen(notice);
  };
}
