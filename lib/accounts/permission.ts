// Who may what in the panel and on the command line: the one list. A super admin may everything; what has no line here
// is for super admins alone. Everybody else's permissions hold for own domains only (staff.ts).
import type { Role } from './role.ts';

const permissions = {
  /** The first page of the panel, with figures and events of own domains */
  overview: ['domain-admin', 'help-desk'],
  /** Seeing domains, and the keys that sign their mail */
  domains: ['domain-admin'],
  /** Finding users and seeing how they sign in */
  people: ['domain-admin', 'help-desk'],
  /** Adding, changing, disabling and removing users, their second factors, deleted and held mail */
  users: ['domain-admin'],
  /** Setting passwords, making links for them */
  passwords: ['domain-admin', 'help-desk'],
  /** Signing users out */
  sessions: ['domain-admin', 'help-desk'],
  aliases: ['domain-admin'],
  shared: ['domain-admin'],
  /** What happened to mail and sign-ins */
  trail: ['domain-admin', 'help-desk'],
  /** Seeing what own users have sent and still waits, and trying it now */
  queue: ['domain-admin'],
} as const satisfies Record<string, Role[]>;

export type Permission = keyof typeof permissions;

/** Whether the role has the permission; null stands for what only super admins may. */
export function mayRole(role: Role, permission: Permission | null): boolean {
  if (role === 'admin') return true;
  return permission !== null && (permissions[permission] as readonly Role[]).includes(role);
}
