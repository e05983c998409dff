// What an account is beside a mailbox. What each role may do stands in permission.ts, over which domains in staff.ts.

export const roles = ['user', 'help-desk', 'domain-admin', 'admin'] as const;
/** "admin": the super admin, over everything */
export type Role = (typeof roles)[number];

export const roleTexts: Record<Role, string> = {
  user: 'User',
  'help-desk': 'Help desk',
  'domain-admin': 'Domain admin',
  admin: 'Super admin',
};

/** Of a row; what a newer version may have written there gives nothing. */
export function readRole(text: string): Role {
  return roles.find((role) => role === text) ?? 'user';
}

/** Whether the role is one over chosen domains. */
export function isOverDomains(role: Role): boolean {
  return role === 'domain-admin' || role === 'help-desk';
}
