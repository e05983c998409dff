// Users whose outgoing mail is held, as the overview shows them.
import { mayChange, type Staff } from '#lib/accounts/staff.ts';
import type { HeldSender as Held } from '#lib/queue/sending-hold.ts';
import { HeldSender } from './held-sender.tsx';

const mostShown = 5;

/** The first of those that the staff may let go. */
export function HeldSenders({ senders, staff }: { senders: Held[]; staff: Staff }) {
  const own = senders.filter(({ account }) => mayChange(staff, account));
  return own.slice(0, mostShown).map(({ account, held }) => (
    <HeldSender
      key={account.id}
      isLinked
      sender={{
        id: account.id,
        address: account.address,
        hold: account.sendingHold === 'burst' ? 'burst' : 'admin',
        held,
        isLocked: account.isLocked,
        isSelf: account.id === staff.id,
      }}
    />
  ));
}
