// `npm run docs`: makes docs/settings.md of the settings registry and docs/standards.md of the index of
// standards. tests/docs.test.ts fails when one of them is stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeReference } from '#lib/api/reference.ts';
import { type SettingDefinition, settings } from '#lib/settings/index.ts';
import { meaningless } from '#lib/settings/meaningless.ts';
import { standards } from './standards.ts';

const root = join(import.meta.dirname, '..');

const appliesTexts: Record<SettingDefinition['applies'], string> = {
  'next-command': 'the next command',
  'next-connection': 'the next connection',
  'next-message': 'the next message',
  'next-attempt': 'the next attempt',
  'next-sign-in': 'the next sign-in',
};

function formatDefault(setting: SettingDefinition): string {
  if (setting.default === '') return 'empty';
  if (Array.isArray(setting.default))
    return setting.default.length ? setting.default.join(', ') : 'empty';
  const unit = setting.unit ? ` ${setting.unit}` : '';
  return `\`${String(setting.default)}\`${unit}`;
}

/** The reference of all settings, by group. */
export function describeSettings(): string {
  const groups = Map.groupBy(settings, (setting) => setting.group);
  const sections = [...groups].map(([group, members]) => {
    const entries = members.map((setting) => {
      const foreign = [
        setting.postfix.length
          ? `Postfix: ${setting.postfix.map((name) => `\`${name}\``).join(', ')}.`
          : '',
        setting.dovecot.length
          ? `Dovecot: ${setting.dovecot.map((name) => `\`${name}\``).join(', ')}.`
          : '',
      ].filter(Boolean);
      const facts = [
        `Default: ${formatDefault(setting)}.`,
        `In force with ${appliesTexts[setting.applies]}.`,
        ...foreign,
      ];
      return `### \`${setting.key}\` · ${setting.title}\n\n${setting.help}\n\n${facts.join(' ')}\n`;
    });
    return `## ${group}\n\n${entries.join('\n')}`;
  });
  return `# Settings\n\nMade by \`npm run docs\` from the declarations in \`lib/settings\`. Change a value in the admin panel or with \`npx drey settings set KEY VALUE\`.\n\n${[...sections, describeMeaningless()].join('\n')}`;
}

/** Parameters of Postfix and Dovecot without a counterpart, with the reason. */
function describeMeaningless(): string {
  const rows = meaningless.map(({ program, names, reason, instead }) => {
    const list = names.map((name) => `\`${name}\``).join(', ');
    const help = instead ? `\`${instead}\`` : '';
    return `| ${program} | ${list} | ${reason} | ${help} |`;
  });
  const head =
    'The panel has this list with a search beside all the names above: `/admin/settings/reference`.';
  return `## Names without a counterpart\n\n${head}\n\n| Program | Names | Why | Instead |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** Every RFC number that the sources cite. */
export function findCitations(): Set<number> {
  const found = new Set<number>();
  for (const room of ['lib', 'server', 'app', 'components']) {
    for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name)) continue;
      const text = readFileSync(join(root, room, name), 'utf8');
      for (const [, number] of text.matchAll(/RFC (\d{3,5})/g)) found.add(Number(number));
    }
  }
  return found;
}

/** The index of standards as a table. */
export function describeStandards(): string {
  const rows = standards.map(
    ({ number, title, status, note }) =>
      `| [${number}](https://www.rfc-editor.org/rfc/rfc${number}) | ${title} | ${status} | ${note ?? ''} |`,
  );
  return `# Standards\n\nMade by \`npm run docs\` from \`docs/standards.ts\`. In the sources each is cited by number and section at the line that obeys it.\n\n| RFC | Title | Followed | Note |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const apiHeading = '## Reference\n';

/** The page of the API: what people wrote, and the reference below it. */
export function describeApi(): string {
  const [text = ''] = readFileSync(join(root, 'docs', 'api.md'), 'utf8').split(apiHeading);
  const made =
    'Made by `npm run docs` from the table in `lib/api`. In brackets: the permission that the role of a token needs.';
  return `${text}${apiHeading}\n${made}\n\n${describeReference()}`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(root, 'docs', 'api.md'), describeApi());
  writeFileSync(join(root, 'docs', 'settings.md'), describeSettings());
  writeFileSync(join(root, 'docs', 'standards.md'), describeStandards());
}
