// Who is signed in, as the page needs it.

export type Owner = {
  address: string;
  name: string;
  /** Has a role, and with it a panel */
  isAdmin: boolean;
  /** All addresses the person may send from, the main one first */
  addresses: string[];
};
