// How a connection is protected, by mode. Between mail servers TLS is opportunistic (RFC 7435): any
// certificate is better than none, and none is better than a lost mail. A relay rule may ask for more.
import type { ConnectionOptions } from 'node:tls';
import type { RelayTlsMode } from '#lib/queue/relay-rule.ts';

export type TlsPolicy = {
  mode: RelayTlsMode;
  /** TLS from the first byte (RFC 8314 §3.3). */
  isImplicit: boolean;
  /** Without STARTTLS there is no delivery. */
  isRequired: boolean;
  /** Never ask for STARTTLS. */
  isOff: boolean;
  /** A failed handshake is followed by a try in clear. */
  mayFallBack: boolean;
  /** Options of tls.connect for a host of this name. */
  options: ConnectionOptions;
};

/** The policy of `mode`; required and implicit check the certificate against the name of the host. */
export function tlsPolicyOf(mode: RelayTlsMode): TlsPolicy {
  const isChecked = mode === 'required' || mode === 'implicit';
  return {
    mode,
    isImplicit: mode === 'implicit',
    isRequired: mode === 'required',
    isOff: mode === 'none',
    mayFallBack: mode === 'opportunistic',
    options: { rejectUnauthorized: isChecked, minVersion: 'TLSv1.2' },
  };
}

/** RFC 8689 §4.2.1: whatever the rule says, only TLS with a certificate that is checked. */
export function tlsPolicyOfRequired(mode: RelayTlsMode): TlsPolicy {
  return tlsPolicyOf(mode === 'implicit' ? 'implicit' : 'required');
}
