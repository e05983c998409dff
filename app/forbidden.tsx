// 403: signed in, but without the role the page asks for.
import { Lock } from 'lucide-react';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export default function Forbidden() {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        icon={<Lock />}
        title="Only administrators may open this page"
        action={
          <span className="flex gap-2">
            <ButtonLink href="/mail" variant="primary">
              To your mail
            </ButtonLink>
            <ButtonLink href="/logout">Sign in as somebody else</ButtonLink>
          </span>
        }
      >
        If you should have access, ask whoever runs this server to give you the role.
      </EmptyState>
    </main>
  );
}
