// The keys of the mail page as they are for this person: the declared ones, or those chosen instead.
import { getTranslations } from 'next-intl/server';
import {
  commandGroups,
  commands,
  keysOf,
  otherKeys,
  splitKeys,
} from '#components/mail/keyboard/commands.ts';
import { Kbd } from '#components/ui/kbd.tsx';
import { readPreferences } from '#lib/preferences/index.ts';

export async function KeyboardMap({ accountId }: { accountId: string }) {
  const t = await getTranslations('mail');
  const { 'list.keys': own } = await readPreferences(accountId);
  return commandGroups.map((group) => {
    const ofPage = commands
      .filter((command) => command.group === group)
      .map((command) => ({ title: t(`commands.${command.id}`), keys: keysOf(command, own) }));
    const ofEditor = group !== 'write' ? [] : otherKeys;
    const rows = [
      ...ofPage.filter(({ keys }) => keys.length > 0),
      ...ofEditor.map(({ id, keys }) => ({ title: t(`otherKeys.${id}`), keys })),
    ];
    if (rows.length === 0) return null;
    return (
      <section key={group} className="mt-5">
        <h2 className="mb-1 font-semibold">{t(`groups.${group}`)}</h2>
        <dl className="divide-y rounded-lg border">
          {rows.map(({ title, keys }) => (
            <div key={title} className="flex items-center justify-between gap-4 px-4 py-1.5">
              <dt>{title}</dt>
              <dd className="flex shrink-0 flex-wrap justify-end gap-2" dir="ltr">
                {keys.map((key) => (
                  <span key={key} className="flex gap-1">
                    {splitKeys(key).map((part) => (
                      <Kbd key={part}>{part}</Kbd>
                    ))}
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </section>
    );
  });
}
