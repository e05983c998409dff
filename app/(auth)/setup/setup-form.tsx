'use client';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Radio } from '#components/ui/checkbox.tsx';
import { Input } from '#components/ui/input.tsx';
import { signInFromBrowser } from '../sign-in.ts';
import { completeSetupAction } from './actions.ts';

export function SetupForm({
  token,
  systemHostname,
  minPasswordLength,
}: {
  token: string;
  systemHostname: string;
  minPasswordLength: number;
}) {
  const t = useTranslations('auth.setup');
  const [domain, setDomain] = useState('');
  const [isDone, setIsDone] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const localPart = useRef<HTMLInputElement>(null);
  const enter = async () => {
    setIsDone(true);
    const address = `${localPart.current?.value.trim()}@${domain.trim()}`;
    const refusal = await signInFromBrowser(address, password.current?.value ?? '');
    window.location.assign(refusal === null ? '/admin/wizard' : '/login');
  };
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      <p className="mt-1 text-muted">{t('text')}</p>
      <ActionForm action={completeSetupAction} onDone={enter} className="mt-5 flex flex-col gap-4">
        <input type="hidden" name="token" value={token} />
        <FormField name="domain" label={t('domain')} help={t('domainHelp')}>
          <Input
            name="domain"
            value={domain}
            onChange={(event) => setDomain(event.target.value)}
            placeholder="example.org"
            autoCapitalize="off"
            spellCheck={false}
            autoFocus
            required
          />
        </FormField>
        <FormField name="hostname" label={t('hostname')} help={t('hostnameHelp')} isOptional>
          <Input
            name="hostname"
            defaultValue={systemHostname}
            placeholder={domain.trim() ? `mail.${domain.trim()}` : 'mail.example.org'}
            autoCapitalize="off"
            spellCheck={false}
          />
        </FormField>
        <hr />
        <FormField name="localPart" label={t('address')}>
          <div className="flex items-center gap-1.5">
            <Input
              ref={localPart}
              name="localPart"
              placeholder={t('you')}
              autoCapitalize="off"
              spellCheck={false}
              required
            />
            <span className="max-w-[55%] shrink-0 truncate text-muted">
              @{domain.trim() || 'example.org'}
            </span>
          </div>
        </FormField>
        <FormField name="displayName" label={t('name')} isOptional>
          <Input name="displayName" autoComplete="name" />
        </FormField>
        <FormField
          name="password"
          label={t('password')}
          help={t('passwordHelp', { count: minPasswordLength })}
        >
          <Input
            ref={password}
            name="password"
            type="password"
            autoComplete="new-password"
            required
          />
        </FormField>
        <FormField name="repeated" label={t('again')}>
          <Input name="repeated" type="password" autoComplete="new-password" required />
        </FormField>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-sm font-medium">{t('who')}</legend>
          <Radio
            name="bind"
            value="loopback"
            defaultChecked
            label={t('loopback')}
            help={t('loopbackHelp')}
          />
          <Radio name="bind" value="all" label={t('all')} help={t('allHelp')} />
        </fieldset>
        {isDone ? (
          <Banner tone="ok">{t('ready')}</Banner>
        ) : (
          <SubmitButton size="lg" className="mt-1 w-full">
            {t('submit')}
          </SubmitButton>
        )}
      </ActionForm>
    </div>
  );
}
