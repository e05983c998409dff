// A link to another page of ours that keeps this document. Next's own Link does more (it fetches ahead) and weighs seven
// times as much, which the list of messages would pay for its menus.
'use client';
import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';

export function AppLink({ href, onClick, ...rest }: ComponentProps<'a'> & { href: string }) {
  const router = useRouter();
  return (
    <a
      href={href}
      {...rest}
      onClick={(event) => {
        onClick?.(event);
        const isOwn = event.button === 0 && !rest.target && rest.download === undefined;
        const isPlain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (event.defaultPrevented || !isOwn || !isPlain || !href.startsWith('/')) return;
        event.preventDefault();
        router.push(href);
      }}
    />
  );
}
