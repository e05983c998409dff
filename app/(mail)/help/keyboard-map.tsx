// The keys of the mail page as they are for this person: the declared ones, or those chosen instead.
import { getTranslations } from 'next-intl/server';
import { commandGroups, commands, keysOf } from '#components/mail/keyboard/commands.ts';
import { Kbd } from '#components/ui/kbd.tsx';
import { readPreferences } from '#lib/preferences/index.ts';

export async function KeyboardMap({ accountId }: { accountId: string }) {
  const t = await getTranslations('mail');
  const { 'list.keys': own } = await readPreferences(accountId);
  return commandGroups.map((group) => {
    const rows = commands
      .filter((command) => command.group === group)
      .map((command) => ({ id: command.id, keys: keysOf(command, own) }))
      .filter(({ keys }) => keys.length > 0);
    if (rows.length === 0) return null;
    return (
      <section key={group} className="mt-5">
        <h2 className="mb-1 font-semibold">{t(`groups.${group}`)}</h2>
        <dl className="divide-y rounded-lg border">
          {rows.map(({ id, keys }) => (
            <div key={id} className="flex items-center justify-between gap-4 px-4 py-1.5">
              <dt>{t(`commands.${id}`)}</dt>
              <dd className="flex shrink-0 flex-wrap justify-end gap-2" dir="ltr">
                {keys.map((key) => (
                  <span key={key} className="flex gap-1">
                    {key.split(/ |(?<=.)\+(?=.)/).map((stroke) => (
                      <Kbd key={stroke}>{stroke}</Kbd>
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
