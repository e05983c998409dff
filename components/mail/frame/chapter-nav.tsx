// Links to chapters, the open one marked.
'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { joinClasses } from '#components/ui/class-names.ts';

export function ChapterNav({
  label,
  chapters,
  className,
}: {
  label: string;
  chapters: { href: string; title: string }[];
  className?: string;
}) {
  const path = usePathname();
  return (
    <nav aria-label={label} className={className}>
      <ul className="flex flex-col gap-0.5">
        {chapters.map(({ href, title }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={path === href ? 'page' : undefined}
              className={joinClasses(
                'flex min-h-8 items-center rounded-md px-2.5 py-1 pointer-coarse:min-h-11',
                path === href ? 'bg-accent-soft font-medium text-accent-text' : 'hover:bg-hover',
              )}
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
