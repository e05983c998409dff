// Hosts hidden behind their domain in sender addresses (Postfix: masquerade_domains).
import type { Rewriter } from '#lib/accounts/rewrite.ts';
import { splitAddress } from '#lib/mail/address.ts';
import type { Settings } from '#lib/settings/index.ts';

/** anna@pc7.example.org → anna@example.org; the first domain of the list that fits decides. Null: nothing is hidden. */
export function readMasquerade(settings: Settings): Rewriter | null {
  const domains = settings['smtp.masqueradeDomains'];
  if (domains.length === 0) return null;
  const exceptions = settings['smtp.masqueradeExceptions'];
  return (address) => {
    const { local, domain } = splitAddress(address.toLowerCase());
    if (exceptions.includes(local)) return null;
    for (const entry of domains) {
      const name = entry.replace(/^!/, '');
      if (domain === name) return null;
      if (!domain.endsWith(`.${name}`)) continue;
      return entry === name ? `${splitAddress(address).local}@${name}` : null;
    }
    return null;
  };
}
