// The words of the steps, and which checks of the doctor speak of each.
import type { FirstRunStep } from '#lib/accounts/first-run.ts';

type Step = { short: string; title: string; text: string; checks: string[] };

export const steps: Record<FirstRunStep, Step> = {
  host: {
    short: 'Host name',
    title: 'The name of this server',
    text: 'Others find the server by it, and it stands in its certificate: mail.example.org, in a domain of yours.',
    checks: ['host-name', 'reverse-name', 'resolver'],
  },
  domain: {
    short: 'Domain',
    title: 'The domains whose mail comes here',
    text: 'The part behind the @ of your addresses. One is enough to begin with.',
    checks: ['domains'],
  },
  leaving: {
    short: 'How mail leaves',
    title: 'How mail leaves',
    text: 'Directly to the servers of the recipients, or through a smart host: the mail server of your provider or of a sending service.',
    checks: ['outbound', 'block-lists'],
  },
  certificate: {
    short: 'Certificate',
    title: 'The certificate',
    text: 'It proves to mail programs and browsers that they talk to this server. The first one is self-signed, so that everything works at once; programs ask their users about it.',
    checks: ['certificate', 'clock'],
  },
  ports: {
    short: 'Ports',
    title: 'Who may connect',
    text: 'On a new server only programs of the machine itself reach it. Mail from others comes to port 25, mail programs to 993 and 465.',
    checks: ['ports', 'relay', 'clients', 'open-files'],
  },
  finish: {
    short: 'Try it',
    title: 'DNS records, a test mail, mail programs',
    text: 'The rest is outside of this server.',
    checks: [],
  },
};
