// What the frame of a page of the webmail shows: the name of the service and who is signed in.
import type { Owner } from '#components/mail/owner.ts';
import type { Account } from '#lib/accounts/account.ts';
import { listOwnAddresses } from '#lib/accounts/route.ts';
import { readSetting } from '#lib/settings/index.ts';

/** For `<PageFrame {...await readFrame(account)} current="…" signOut={signOutAction}>`. */
export async function readFrame(account: Account): Promise<{ title: string; owner: Owner }> {
  return { title: await readSetting('web.title'), owner: await readOwner(account) };
}

/** The signed-in person as pages need it. */
export async function readOwner(account: Account): Promise<Owner> {
  const addresses = (await listOwnAddresses(account.id)).filter((each) => !/[*]|^@/.test(each));
  return {
    address: account.address,
    name: account.displayName,
    isAdmin: account.role !== 'user',
    addresses: [account.address, ...addresses.filter((each) => each !== account.address)],
  };
}
