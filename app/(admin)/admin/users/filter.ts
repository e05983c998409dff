// The filter of the users in the address of their page; the export and actions on all of them read the same.
import {
  type AccountFilter,
  type AccountOrder,
  type AccountState,
  accountOrders,
  accountStates,
} from '#lib/accounts/account-list.ts';
import { type Role, roles } from '#lib/accounts/role.ts';

export const stateTexts: Record<AccountState, string> = {
  enabled: 'enabled',
  disabled: 'disabled',
  locked: 'locked',
  held: 'outgoing mail held',
  deleted: 'deleted',
};

export const orderTexts: Record<AccountOrder, string> = {
  address: 'By address',
  name: 'By name',
  storage: 'By storage',
  messages: 'By messages',
  seen: 'By last sign-in',
  added: 'By age',
};
export const orders = Object.keys(accountOrders) as AccountOrder[];

export const filterNames = ['q', 'domain', 'state', 'role'] as const;

/** What it does not know counts as not given. */
export function readFilter({
  q = '',
  domain = '',
  state = '',
  role = '',
}: Record<string, string>): AccountFilter {
  return {
    kind: 'person',
    search: q.trim() || undefined,
    domain: domain || undefined,
    state: accountStates.find((one): one is AccountState => one === state),
    role: roles.find((one): one is Role => one === role),
  };
}
