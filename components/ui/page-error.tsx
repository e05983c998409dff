// A page that failed. The details are in the server's log under the digest, not on the screen.
'use client';
import { TriangleAlert } from 'lucide-react';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

export function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <EmptyState
      icon={<TriangleAlert />}
      title="This page could not be shown"
      action={
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
      }
    >
      Something went wrong on the server.
      {error.digest && (
        <>
          {' '}
          Its log has the details under <span className="font-mono select-all">{error.digest}</span>
          .
        </>
      )}
    </EmptyState>
  );
}
