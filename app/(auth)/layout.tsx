// The quiet frame of sign-in and first run: one card in the middle.
import type { ReactNode } from 'react';
import { Logo } from '#components/ui/logo.tsx';
import { ThemeToggle } from '#components/ui/theme-toggle.tsx';
import { readSetting } from '#lib/settings/index.ts';

export default async function AuthLayout({ children }: { children: ReactNode }) {
  const title = await readSetting('web.title');
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-10 sm:pt-[12vh]">
      <ThemeToggle className="absolute top-3 right-3" />
      <div className="mb-6 flex items-center gap-2.5">
        <Logo className="size-8" />
        <span className="text-xl font-semibold tracking-tight">{title}</span>
      </div>
      <main className="w-full max-w-sm">{children}</main>
    </div>
  );
}
