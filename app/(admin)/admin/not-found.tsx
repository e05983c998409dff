// 404 within the panel: the menu stays.
import { CircleHelp } from 'lucide-react';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export default function NotFound() {
  return (
    <EmptyState
      icon={<CircleHelp />}
      title="There is nothing here"
      action={<ButtonLink href="/admin">To the overview</ButtonLink>}
    >
      It does not exist, or somebody has removed it.
    </EmptyState>
  );
}
