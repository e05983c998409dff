// A page that failed, outside the panel.
'use client';
import type { ComponentProps } from 'react';
import { PageError } from '#components/ui/page-error.tsx';

export default function ErrorPage(props: ComponentProps<typeof PageError>) {
  return (
    <main className="flex min-h-[60dvh] items-center justify-center">
      <PageError {...props} />
    </main>
  );
}
