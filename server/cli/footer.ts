// `drey domain footer`: what stands below the outgoing mail of a domain, as on its page in the panel.
import { requireDomain } from '#lib/accounts/domain.ts';
import { findFooter, writeFooter } from '#lib/accounts/footer.ts';
import { Refusal } from '#lib/errors.ts';
import { by, type CommandDefinition, optionText, textAt } from './command.ts';
import { readText } from './read-text.ts';

export const footerCommands: CommandDefinition[] = [
  {
    name: 'domain footer',
    arguments: ['<domain>'],
    options: [
      { flags: '--text <file>', help: 'the text; "-" reads standard input' },
      { flags: '--html <file>', help: 'the same with formats; without it made of the text' },
      { flags: '--for <whom>', help: '"outside" or "everyone": mail to users here too' },
      { flags: '--remove', help: 'mail has no footer any more' },
    ],
    help: 'show or set what stands below the outgoing mail of a domain',
    run: async (input) => {
      const { name } = await requireDomain(textAt(input, 0));
      const known = (await findFooter(name)) ?? { text: '', html: '', for: 'outside' as const };
      const [text, html] = [optionText(input, 'text'), optionText(input, 'html')];
      const whose = optionText(input, 'for') ?? known.for;
      if (whose !== 'outside' && whose !== 'everyone') {
        throw new Refusal('invalid', 'Say --for outside or --for everyone.');
      }
      if (input.options.remove) {
        await writeFooter(name, { text: '', html: '', for: 'outside' }, by);
        return { text: `Mail of ${name} has no footer` };
      }
      if (text === undefined && html === undefined && input.options.for === undefined) {
        return { text: known.text || known.html || `Mail of ${name} has no footer`, row: known };
      }
      const footer = {
        text: text === undefined ? known.text : await readText(text),
        html: html === undefined ? known.html : await readText(html),
        for: whose,
      } as const;
      await writeFooter(name, footer, by);
      return { text: `Saved the footer of ${name}`, row: footer };
    },
  },
];
