// Where the server listens and what became of it: each protocol with its addresses, sessions and faults.
import type { Metadata } from 'next';
import Link from 'next/link';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { ListenerState } from '#lib/listener-state.ts';
import { findSetting, readSettings, type Settings } from '#lib/settings/index.ts';
import { readListeners } from '../../../daemon.ts';
import { requireAdmin } from '../../../session.ts';
import { type Listed, listedListeners } from './listed.ts';
import { EditListener, PortButtons, SwitchListener } from './listener-forms.tsx';

export const metadata: Metadata = { title: 'Listeners' };

export default async function ListenersPage() {
  await requireAdmin();
  const [states, settings] = await Promise.all([readListeners(), readSettings()]);
  const bind = settings['server.bind'];
  return (
    <>
      <AutoRefresh seconds={10} />
      <PageHeader
        title="Listeners"
        description="The addresses and ports of each protocol. A change is in force at once: the new port answers before the old one closes, and nobody who is connected is cut off."
        action={<PortButtons isEverywhere={bind !== 'loopback'} />}
      />
      {states.length === 0 && (
        <Banner tone="danger" className="mb-4">
          The mail daemon does not answer: what is open is not known.
        </Banner>
      )}
      <Table label="Listeners" className="relative">
        <TableHead>
          <Th>Protocol</Th>
          <Th>Listens on</Th>
          <Th className="hidden text-right sm:table-cell">Connections</Th>
          <Th className="hidden text-right sm:table-cell">On</Th>
        </TableHead>
        <TableBody>
          {listedListeners.map((listener) => (
            <ListenerRow
              key={listener.name}
              listener={listener}
              state={states.find(({ name }) => name === listener.name)}
              settings={settings}
            />
          ))}
        </TableBody>
      </Table>
      <p className="mt-3 mb-6 max-w-2xl text-sm text-muted">
        A port without an address is at <SettingLink name="server.bind">“Listen on”</SettingLink>,
        now <span className="font-mono">{bind}</span>. Further:{' '}
        <SettingLink name="listeners.family">IPv4 and IPv6</SettingLink>,{' '}
        <SettingLink name="listeners.redirectsToHttps">from http to https</SettingLink>, load
        balancers with a <SettingLink name="smtp.proxyHosts">PROXY header</SettingLink> or{' '}
        <SettingLink name="smtp.xclientHosts">XCLIENT</SettingLink>, the{' '}
        <SettingLink name="smtp.lmtpSocket">LMTP socket</SettingLink>.
      </p>
      <Section
        title="Ports below 1024"
        description="An ordinary user may open them only with a right, given once as root."
      >
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[8rem_minmax(0,1fr)]">
          <dt className="text-muted">With systemd</dt>
          <dd className="min-w-0 font-mono text-sm break-words">
            AmbientCapabilities=CAP_NET_BIND_SERVICE
          </dd>
          <dt className="text-muted">Without</dt>
          <dd className="min-w-0 font-mono text-sm break-words">
            setcap cap_net_bind_service=+ep node_modules/node/bin/node
          </dd>
        </dl>
        <p className="mt-3 text-sm text-muted">
          The whole unit stands in docs/running.md. Another mail server on this machine (Postfix,
          Exim, Dovecot) must be stopped first: two cannot have one port.
        </p>
      </Section>
    </>
  );
}

function ListenerRow({
  listener: { name, title, purpose, tls },
  state,
  settings,
}: {
  listener: Listed;
  state: ListenerState | undefined;
  settings: Settings;
}) {
  const key = `listeners.${name}` as const;
  const isFixed = state?.from === 'environment';
  const isOn = name === 'lmtp' ? settings['smtp.hasLmtp'] : isFixed || settings[key].length > 0;
  const sockets = state?.sockets ?? [];
  const failures = state?.failures ?? [];
  const controls = (
    <span className="flex items-center gap-3 sm:justify-end">
      {!isFixed && (
        <EditListener
          settingKey={key}
          title={title}
          help={findSetting(key).help}
          places={settings[key].join('\n')}
        />
      )}
      <SwitchListener name={name} title={title} isOn={isOn} isFixed={isFixed && name !== 'lmtp'} />
    </span>
  );
  return (
    <TableRow>
      <Td className="align-top sm:min-w-56">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium sm:whitespace-nowrap">{title}</span>
          {tls && <Badge tone={tls === 'TLS' ? 'ok' : 'neutral'}>{tls}</Badge>}
        </span>
        <span className="hidden text-sm text-muted sm:block">{purpose}</span>
        <span className="mt-1.5 block sm:hidden">{controls}</span>
      </Td>
      <Td className="w-full align-top">
        {sockets.length === 0 && failures.length === 0 && (
          <span className="text-muted">{state ? 'off' : 'not known'}</span>
        )}
        {sockets.map(({ address, since }) => (
          <span key={address} className="block">
            <span className="font-mono break-all">{describeAddress(address)}</span>{' '}
            <span className="text-sm whitespace-nowrap text-muted">
              since <Time at={new Date(since)} />
            </span>
          </span>
        ))}
        {failures.map(({ address, text, since }) => (
          <span key={address} className="block text-sm text-danger-text">
            {text} Tried again every few seconds, since <Time at={new Date(since)} />.
          </span>
        ))}
        {isFixed && (
          <span className="block text-sm break-words text-muted">
            by the environment: <span className="break-all">DREY_{name.toUpperCase()}_PORT</span>{' '}
            goes first
          </span>
        )}
      </Td>
      <Td className="hidden text-right align-top tabular-nums sm:table-cell">
        {sockets.length > 0 && (
          <span title={formatPlural(state?.sessions ?? 0, 'connection', 'connections')}>
            {state?.sessions}
          </span>
        )}
      </Td>
      <Td className="hidden align-top sm:table-cell">{controls}</Td>
    </TableRow>
  );
}

/** "[::]:25" says little to most people. */
function describeAddress(address: string): string {
  return address.replace(/^(?:\[::\]|0\.0\.0\.0):/, 'all addresses, ');
}

function SettingLink({ name, children }: { name: string; children: string }) {
  const [group] = name.split('.');
  return (
    <Link href={`/admin/settings/${group}#${name}`} className="text-accent-text hover:underline">
      {children}
    </Link>
  );
}
