// The browser's own random name: whoever has signed in with it before gets in while others guess at the account
// (lib/accounts/throttle.ts). It opens nothing by itself, and stays when the session ends.
import { cookies } from 'next/headers';
import { newId } from '#lib/id.ts';
import { isSecureRequest, nameCookie } from './secure-request.ts';

const cookie = 'drey.device';
const shape = /^[A-Za-z0-9_-]{24}$/;
const lifeSeconds = 180 * 86_400;

/** What the browser shows, else a fresh name. */
export async function readDevice(): Promise<string> {
  const name = nameCookie(cookie, await isSecureRequest());
  const shown = (await cookies()).get(name)?.value ?? '';
  return shape.test(shown) ? shown : newId();
}

/** For the next time; after a good sign-in only. */
export async function keepDevice(device: string, isSecure: boolean): Promise<void> {
  (await cookies()).set(nameCookie(cookie, isSecure), device, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: isSecure,
    maxAge: lifeSeconds,
  });
}
