// The checks of incoming mail, in the order they run, each with its switch and where else it is set (Postfix:
// smtpd_…_restrictions).
import type { Metadata } from 'next';
import Link from 'next/link';
import { Badge } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { formatCount } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { askDaemon } from '#lib/control.ts';
import { isRefusal } from '#lib/errors.ts';
import type { ListedCheck, Stage } from '#lib/explanation.ts';
import { type Hit, readHitsToday } from '#lib/numbers/check-hits.ts';
import { findSetting, readSettings, type SettingKey, type Settings } from '#lib/settings/index.ts';
import { findPreset, presets } from '#lib/settings/presets.ts';
import { onValueOf } from '#lib/settings/switch.ts';
import { requireAdmin } from '../../../session.ts';
import { CheckSwitch } from './check-switch.tsx';
import { UsePreset } from './preset-buttons.tsx';

export const metadata: Metadata = { title: 'Checks' };

const stages: { stage: Stage; title: string; text: string }[] = [
  { stage: 'connect', title: 'Connection', text: 'before the greeting' },
  { stage: 'helo', title: 'EHLO', text: 'when the client says its name' },
  { stage: 'mail', title: 'Sender', text: 'at MAIL FROM' },
  { stage: 'rcpt', title: 'Recipient', text: 'at each RCPT TO' },
  { stage: 'data', title: 'Message', text: 'when the whole message is here' },
];

const audiences: Record<ListedCheck['audience'], string> = {
  everyone: 'everyone',
  strangers: 'strangers',
  users: 'signed-in users',
};

/** What a check did, as it stands beside its count of today. */
const outcomes: Record<string, string> = {
  refuse: 'refused',
  tag: 'marked',
  junk: 'to Junk',
  welcome: 'welcomed',
  hold: 'held',
  discard: 'thrown away',
  redirect: 'redirected',
  bcc: 'copied',
};

export default async function ChecksPage() {
  await requireAdmin();
  const settings = await readSettings();
  const current = findPreset(settings);
  const zone = settings['server.timeZone'];
  const [checks, hits] = await Promise.all([listChecks(), readHitsToday()]);
  return (
    <>
      <PageHeader
        title="Checks"
        description={`What every mail must pass, in this order. Strangers are servers that are neither in a trusted network nor made welcome by an access rule or an allow list. Counts are those of today${zone && ` (${zone})`}.`}
        action={<ButtonLink href="/admin/explain">Try a mail</ButtonLink>}
      />
      <Section title="How strict with strangers">
        <ul className="grid gap-3 md:grid-cols-3">
          {presets.map((preset) => (
            <li
              key={preset.name}
              className={joinClasses(
                'flex flex-col gap-2 rounded-md border p-3',
                preset === current && 'border-accent bg-accent-soft',
              )}
            >
              <div className="flex items-center justify-between gap-2">
                <h3 className="font-medium">{preset.title}</h3>
                {preset === current ? (
                  <Badge tone="accent">in use</Badge>
                ) : (
                  <UsePreset name={preset.name} title={preset.title} />
                )}
              </div>
              <p className="text-sm text-muted">{preset.help}</p>
            </li>
          ))}
        </ul>
        {!current && (
          <p className="mt-3 text-sm text-muted">None of these: the settings are your own.</p>
        )}
      </Section>
      {checks === null ? (
        <Banner tone="warn">
          The mail daemon does not answer, so its checks cannot be listed.
        </Banner>
      ) : (
        stages.map(({ stage, title, text }) => (
          <Section key={stage} title={title} description={text}>
            <ol className="-my-2 divide-y">
              {checks
                .filter((check) => check.stage === stage)
                .map((check) => (
                  <CheckRow
                    key={check.name}
                    check={check}
                    isFirst={checks.find((one) => one.switchedBy === check.switchedBy) === check}
                    settings={settings}
                    hits={hits.get(check.name) ?? []}
                  />
                ))}
            </ol>
          </Section>
        ))
      )}
    </>
  );
}

async function listChecks(): Promise<ListedCheck[] | null> {
  try {
    return await askDaemon<ListedCheck[]>('checks');
  } catch (error) {
    if (isRefusal(error, 'unavailable')) return null;
    throw error;
  }
}

function CheckRow({
  check,
  isFirst,
  settings,
  hits,
}: {
  check: ListedCheck;
  /** Of those that the same setting switches: a switch stands once on a page. */
  isFirst: boolean;
  settings: Settings;
  hits: Hit[];
}) {
  const { title, audience } = check;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-muted">
          for {audiences[audience]}
          {check.settings.map((key) => (
            <span key={key}>
              {' · '}
              <Link
                href={`/admin/settings/${key.split('.')[0]}#${key}`}
                className="font-mono text-xs text-accent-text hover:underline"
              >
                {key}
              </Link>
            </span>
          ))}
        </p>
      </div>
      <p className="text-sm text-muted tabular-nums">
        {hits
          .map(({ outcome, count }) => `${outcomes[outcome] ?? outcome} ${formatCount(count)}`)
          .join(', ')}
      </p>
      <CheckState check={check} isFirst={isFirst} settings={settings} />
    </li>
  );
}

/** Its switch; where it has none, whether it runs. */
function CheckState({
  check: { title, isOn, settings: keys, switchedBy },
  isFirst,
  settings,
}: {
  check: ListedCheck;
  isFirst: boolean;
  settings: Settings;
}) {
  if (keys.length === 0) return <Badge>always</Badge>;
  if (!switchedBy || !isFirst) {
    return <Badge tone={isOn ? 'ok' : 'neutral'}>{isOn ? 'on' : 'off'}</Badge>;
  }
  const definition = findSetting(switchedBy);
  const { control, group } = definition;
  if (control.kind === 'select') {
    const value = String(settings[switchedBy as SettingKey]);
    return (
      <CheckSwitch settingKey={switchedBy} title={title} value={value} choices={control.options} />
    );
  }
  if (!isOn && onValueOf(definition) === undefined) {
    return (
      <ButtonLink size="sm" href={`/admin/settings/${group}#${switchedBy}`}>
        Set up
      </ButtonLink>
    );
  }
  return (
    <CheckSwitch settingKey={switchedBy} title={title} value={isOn ? 'on' : 'off'} choices={[]} />
  );
}
