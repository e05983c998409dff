// How many may talk at once: in all, and from one client. Trusted networks have no limit of their own,
// because the webmail and the printers of the house sit there.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const connections: Check<'connect'> = {
  name: 'connections',
  title: 'Connections at the same time',
  settings: ['smtp.maxConnections', 'smtp.maxConnectionsPerAddress'],
  run({ settings, isTrusted, open }) {
    if (open.total > settings['smtp.maxConnections']) {
      return refuse('too-many-connections', 'Too many connections, try again later');
    }
    if (!isTrusted && open.ofClient > settings['smtp.maxConnectionsPerAddress']) {
      return refuse('too-many-connections', 'Too many connections from your address');
    }
    return pass;
  },
};
