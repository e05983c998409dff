// What somebody is beside a user, as a badge; users have none.
import { Badge } from '#components/ui/badge.tsx';
import { type Role, roleTexts } from '#lib/accounts/role.ts';

export function RoleBadge({ role }: { role: Role }) {
  if (role === 'user') return null;
  return (
    <Badge tone={role === 'admin' ? 'accent' : 'info'} className="whitespace-nowrap">
      {roleTexts[role].toLowerCase()}
    </Badge>
  );
}
