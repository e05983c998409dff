// What the settings pages share: the groups, the search, and a setting as plain data for its form.
import { ArrowRight, BookOpen, SlidersHorizontal } from 'lucide-react';
import { SettingForm, type SettingView } from '#components/settings-form.tsx';
import { AppLink } from '#components/ui/app-link.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatExactBytes } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { LinkTabs } from '#components/ui/tabs.tsx';
import { writeBytes } from '#lib/settings/bytes.ts';
import { type Conflict, findConflicts, warningsOf } from '#lib/settings/conflicts.ts';
import { findOverride } from '#lib/settings/environment.ts';
import type { MeaninglessName } from '#lib/settings/find.ts';
import {
  type Applies,
  type Group,
  type ListedSetting,
  readSettings,
  type SettingDefinition,
} from '#lib/settings/index.ts';
import { resetSettingAction, saveSettingAction } from './actions.ts';
import { placeOf } from './reference/names.ts';

/** The groups in the order of their tabs. */
export const groups: { id: Group; label: string }[] = [
  { id: 'server', label: 'Server' },
  { id: 'listeners', label: 'Listeners' },
  { id: 'smtp', label: 'SMTP' },
  { id: 'checks', label: 'Checks' },
  { id: 'content', label: 'Content' },
  { id: 'sending', label: 'Sending' },
  { id: 'imap', label: 'IMAP' },
  { id: 'pop3', label: 'POP3' },
  { id: 'delivery', label: 'Delivery' },
  { id: 'security', label: 'Security' },
  { id: 'storage', label: 'Storage' },
  { id: 'tls', label: 'TLS' },
  { id: 'web', label: 'Web' },
  { id: 'directory', label: 'Directory' },
  { id: 'log', label: 'Log' },
  { id: 'backup', label: 'Backup' },
  { id: 'doctor', label: 'Doctor' },
];

const appliesTexts: Record<Applies, string> = {
  'next-command': 'at once',
  'next-connection': 'from the next connection on',
  'next-message': 'from the next message on',
  'next-attempt': 'from the next delivery attempt on',
  'next-sign-in': 'from the next sign-in on',
};

function describeValue({ control }: SettingDefinition, value: unknown): string {
  if (control.kind === 'boolean') return value ? 'on' : 'off';
  if (control.kind === 'list') return Array.isArray(value) ? value.join('\n') : '';
  if (control.kind === 'secret') return '';
  if (control.kind === 'bytes') return formatExactBytes(Number(value));
  return String(value);
}

function describeDefault(definition: SettingDefinition): string {
  const text = describeValue(definition, definition.default).replaceAll('\n', ', ');
  if (text === '') return 'empty';
  const { control, unit } = definition;
  if (control.kind === 'select') {
    return control.options.find((option) => option.value === text)?.label ?? text;
  }
  return control.kind === 'number' && unit ? `${text} ${unit}` : text;
}

/** "Whole number, 1 to 1000", "Size, 10 KB to 1 GB", "Text" */
function describeType({ control }: SettingDefinition): string {
  switch (control.kind) {
    case 'number':
      return `Whole number, ${control.min} to ${control.max}`;
    case 'bytes':
      return `Size, ${writeBytes(control.min)} to ${writeBytes(control.max)}`;
    case 'boolean':
      return 'Switch';
    case 'select':
      return 'Choice';
    case 'list':
      return 'List, one a line';
    case 'secret':
      return 'Secret';
    case 'text':
      return 'Text';
  }
}

function toView(listed: ListedSetting, conflicts: Conflict[]): SettingView {
  const { definition, value, isDefault, updatedBy, updatedAt } = listed;
  const { key, title, help, unit, control, postfix, dovecot, applies } = definition;
  return {
    key,
    title,
    help,
    unit,
    control,
    postfix,
    dovecot,
    value: describeValue(definition, value),
    defaultText: describeDefault(definition),
    isDefault,
    applies: appliesTexts[applies],
    updatedBy,
    updatedAt: updatedAt?.toISOString() ?? null,
    override: findOverride(key),
    isRisky: definition.isRisky ?? false,
    type: describeType(definition),
    conflicts: warningsOf(key, conflicts),
  };
}

export async function SettingsPage({
  listed,
  pages = [],
  missing = [],
  near = [],
  group,
  search,
}: {
  listed: ListedSetting[];
  /** Pages that answer to the search. */
  pages?: { href: string; label: string; name: string }[];
  /** Parameters of the searched name that have no meaning here. */
  missing?: MeaninglessName[];
  /** Where nothing answers: names that may have been meant */
  near?: string[];
  /** Null while a search over all groups is shown. */
  group: Group | null;
  search: string;
}) {
  const conflicts = await findConflicts(await readSettings());
  return (
    <>
      <PageHeader
        title="Settings"
        description="Changes need no restart. The search knows the names of Postfix and Dovecot too."
        action={
          <ButtonLink href="/admin/settings/reference">
            <BookOpen aria-hidden className="size-4 text-faint" />
            Names of Postfix and Dovecot
          </ButtonLink>
        }
      />
      <SearchForm
        action="/admin/settings"
        label="Search, for example message_size_limit"
        initial={search}
      />
      <LinkTabs
        label="Groups of settings"
        active={group ?? ''}
        items={groups.map(({ id, label }) => ({ id, label, href: `/admin/settings/${id}` }))}
      />
      {pages.length > 0 && (
        <ul className="mt-4 flex flex-wrap gap-2">
          {pages.map((page) => (
            <li key={page.href}>
              <ButtonLink href={page.href}>
                {page.label} <span className="font-mono text-xs text-muted">{page.name}</span>
                <ArrowRight aria-hidden className="size-3.5 text-faint" />
              </ButtonLink>
            </li>
          ))}
        </ul>
      )}
      {missing.map(({ name, reason, ...entry }) => (
        <p key={`${entry.program} ${name}`} className="mt-4 rounded-lg border bg-surface px-4 py-3">
          <span className="font-mono text-sm">{name}</span>{' '}
          <span className="text-muted">has no counterpart here. {reason}</span>
          {placeOf(entry).map(({ href, label }) => (
            <span key={href}>
              {' '}
              Look at{' '}
              <AppLink href={href} className="text-accent-text underline">
                {label}
              </AppLink>
              .
            </span>
          ))}
        </p>
      ))}
      <div className="mt-4 divide-y rounded-lg border bg-surface empty:hidden">
        {listed.length + pages.length + missing.length === 0 && (
          <EmptyState
            icon={<SlidersHorizontal />}
            title="No setting fits"
            action={<ButtonLink href="/admin/settings/server">Show all settings</ButtonLink>}
          >
            {near.length === 0
              ? 'Try another word, or the name Postfix or Dovecot gives it.'
              : 'Did you mean'}
            {near.map((name, at) => (
              <span key={name}>
                {at === 0 ? ' ' : ' or '}
                <AppLink
                  href={`/admin/settings?q=${encodeURIComponent(name)}`}
                  className="font-mono text-sm text-accent-text underline"
                >
                  {name}
                </AppLink>
                {at === near.length - 1 && '?'}
              </span>
            ))}
          </EmptyState>
        )}
        {listed
          .map((each) => toView(each, conflicts))
          .map((view) => (
            <SettingForm
              key={view.key}
              setting={view}
              save={saveSettingAction}
              reset={resetSettingAction}
            />
          ))}
      </div>
    </>
  );
}
