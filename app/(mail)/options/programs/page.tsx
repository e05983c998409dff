// What mail programs need: servers, ports and names; and what POP3 does.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { Pop3Form } from '#components/mail/options/pop3-form.tsx';
import { QrPicture } from '#components/mail/security/qr-picture.tsx';
import { readPop3Choice } from '#lib/accounts/pop3-choice.ts';
import { listMailServers } from '#lib/programs/mail-servers.ts';
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import { toPop3Texts } from '../../../pop3-fields.ts';
import { requireUser } from '../../../session.ts';
import { readSite } from '../../../site.ts';
import { changePop3Action } from './actions.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('programs.title') };
}

export default async function ProgramsPage() {
  const { id, address } = await requireUser();
  const t = await getTranslations('options.programs');
  const [host, choice, serverFolders] = await Promise.all([
    serverHostname(),
    readPop3Choice(id),
    readSetting('pop3.folders'),
  ]);
  const { origin } = await readSite();
  const profile = `/mobileconfig?emailaddress=${encodeURIComponent(address)}`;
  return (
    <>
      <OptionsHead page="programs" />
      <h2 className="mb-2 font-semibold">{t('servers')}</h2>
      <div className="mb-4 overflow-x-auto rounded-lg border">
        <table className="w-full text-start">
          <thead className="text-sm text-muted">
            <tr>
              <td className="px-4 py-2" />
              <th className="px-4 py-2 text-start font-medium">{t('host')}</th>
              <th className="px-4 py-2 text-start font-medium">{t('port')}</th>
              <th className="px-4 py-2 text-start font-medium">{t('security')}</th>
            </tr>
          </thead>
          <tbody className="divide-y border-t">
            {(await listMailServers()).map(({ type, port, socket }) => (
              <tr key={port}>
                <th className="px-4 py-2 text-start font-normal">{t(type)}</th>
                <td className="px-4 py-2">{host}</td>
                <td className="px-4 py-2 tabular-nums">{port}</td>
                <td className="px-4 py-2">{t(socket === 'SSL' ? 'ssl' : 'starttls')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl className="mb-8 divide-y rounded-lg border">
        <Fact term={t('user')} value={address} />
        <Fact term={t('password')} value={t('passwordHelp')} />
      </dl>
      <h2 className="font-semibold">{t('appleTitle')}</h2>
      <div className="mb-8 flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="mb-3 text-sm text-muted">{t('appleHelp')}</p>
          <a href={profile} download className="text-accent-text hover:underline">
            {t('profile')}
          </a>
        </div>
        <QrPicture text={`${origin}${profile}`} label={t('profilePicture')} />
      </div>
      <h2 className="font-semibold">{t('pop3Title')}</h2>
      <p className="mb-3 text-sm text-muted">{t('pop3Help')}</p>
      <Pop3Form
        action={changePop3Action}
        serverFolders={serverFolders}
        chosen={toPop3Texts(choice)}
      />
    </>
  );
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <div className="flex flex-wrap gap-x-4 px-4 py-3">
      <dt className="w-40 text-muted">{term}</dt>
      <dd className="min-w-0 flex-1 break-words">{value}</dd>
    </div>
  );
}
