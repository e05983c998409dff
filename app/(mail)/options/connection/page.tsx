// What the person's mailbox can do, and how fast it answers now. Every visit measures anew.
import type { Metadata } from 'next';
import { getFormatter, getTranslations } from 'next-intl/server';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { isRefusal } from '#lib/errors.ts';
import { type MailboxMeasure, measureMailbox } from '#lib/webmail/imap/measure.ts';
import { translateSentence } from '../../../i18n.ts';
import { requireUser } from '../../../session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('connection.title') };
}

export default async function ConnectionPage() {
  const account = await requireUser();
  const t = await getTranslations('options.connection');
  const measure = await measureMailbox(account).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
    return translateSentence(error.message);
  });
  return (
    <>
      <OptionsHead
        page="connection"
        action={<ButtonLink href="/options/connection">{t('again')}</ButtonLink>}
      />
      {typeof measure === 'string' ? (
        <Banner tone="danger">{measure}</Banner>
      ) : (
        <Measure measure={measure} />
      )}
    </>
  );
}

async function Measure({ measure }: { measure: MailboxMeasure }) {
  const t = await getTranslations('options.connection');
  const format = await getFormatter();
  return (
    <>
      <p className="mb-4 text-muted">{t('inbox', { count: measure.messages })}</p>
      <table className="mb-6 w-full border-collapse text-start">
        <caption className="mb-1 text-start font-semibold">{t('timings')}</caption>
        <tbody className="divide-y rounded-lg border">
          {measure.steps.map(({ command, milliseconds }) => (
            <tr key={command}>
              <th scope="row" className="px-4 py-2 text-start font-normal">
                <span className="font-mono" dir="ltr">
                  {command}
                </span>{' '}
                <span className="text-muted">{t(`commands.${command as 'NOOP'}`)}</span>
              </th>
              <td className="px-4 py-2 text-end tabular-nums">
                {t('milliseconds', {
                  value: format.number(milliseconds, { maximumFractionDigits: 1 }),
                })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2 className="mb-1 font-semibold">{t('capabilities')}</h2>
      <ul className="flex flex-wrap gap-1.5 font-mono text-sm" dir="ltr">
        {measure.capabilities.map((each) => (
          <li key={each} className="rounded-sm bg-pressed px-1.5">
            {each}
          </li>
        ))}
      </ul>
    </>
  );
}
