// 404: the address leads nowhere, or to what the reader may not know of.
import { CircleHelp } from 'lucide-react';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export default function NotFound() {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        icon={<CircleHelp />}
        title="There is nothing here"
        action={
          <ButtonLink href="/" variant="primary">
            To the start
          </ButtonLink>
        }
      >
        The page does not exist, or no longer.
      </EmptyState>
    </main>
  );
}
