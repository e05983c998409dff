// Which texts there are, so that a key that is none does not compile.
import type auth from './en/auth.json';
import type calendar from './en/calendar.json';
import type compose from './en/compose.json';
import type contacts from './en/contacts.json';
import type filters from './en/filters.json';
import type folders from './en/folders.json';
import type help from './en/help.json';
import type list from './en/list.json';
import type mail from './en/mail.json';
import type options from './en/options.json';
import type reader from './en/reader.json';
import type refusals from './en/refusals.json';
import type search from './en/search.json';
import type security from './en/security.json';
import type ui from './en/ui.json';
import type { Locale } from './locales.ts';

declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: {
      auth: typeof auth;
      calendar: typeof calendar;
      compose: typeof compose;
      contacts: typeof contacts;
      filters: typeof filters;
      folders: typeof folders;
      help: typeof help;
      list: typeof list;
      mail: typeof mail;
      options: typeof options;
      reader: typeof reader;
      refusals: typeof refusals;
      search: typeof search;
      security: typeof security;
      ui: typeof ui;
    };
  }
}
