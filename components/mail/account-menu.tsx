// The person's own menu; what it holds comes with it (account-items.tsx).
'use client';
import { useTranslations } from 'next-intl';
import { Avatar } from '#components/ui/avatar.tsx';
import { Menu } from '#components/ui/menu.tsx';
import type { Owner } from './owner.ts';
import { usePreferences } from './state/preferences.tsx';

export function AccountMenu({ owner, signOut }: { owner: Owner; signOut: () => Promise<void> }) {
  const t = useTranslations('ui');
  const chosen = usePreferences();
  return (
    <Menu
      label={t('account.menu')}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={t('account.button', { address: owner.address })}
          title={owner.address}
          className="rounded-full p-1 hover:bg-hover"
        >
          <Avatar name={owner.name} address={owner.address} />
        </button>
      )}
      items={async () =>
        (await import('./account-items.tsx')).accountItems({ t, owner, signOut, chosen })
      }
    />
  );
}
