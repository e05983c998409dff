// How a connection is protected, by mode. Between mail servers TLS is opportunistic (RFC 7435): any
// certificate is better than none, and none is better than a lost mail. A relay rule may ask for more.
import type { X509Certificate } from 'node:crypto';
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
  /** The name to ask for where it is not the host's (SNI). */
  servername?: string;
  /** Options of tls.connect for a host of this name. */
  options: ConnectionOptions;
};

/** The policy of `mode`; verified and implicit check the certificate against the name of the host, dane something else does. */
export function tlsPolicyOf(mode: RelayTlsMode): TlsPolicy {
  const isChecked = mode === 'verified' || mode === 'implicit';
  return {
    mode,
    isImplicit: mode === 'implicit',
    isRequired: mode === 'required' || mode === 'verified' || mode === 'dane',
    isOff: mode === 'none',
    mayFallBack: mode === 'opportunistic',
    options: { rejectUnauthorized: isChecked, minVersion: 'TLSv1.2' },
  };
}

/** RFC 8689 §4.2.1: whatever the rule says, only TLS with a certificate that is checked. */
export function tlsPolicyOfRequired(mode: RelayTlsMode): TlsPolicy {
  return tlsPolicyOf(mode === 'implicit' ? 'implicit' : 'verified');
}

/** What a handshake showed. */
export type SeenTls = {
  /** "TLSv1.3" */
  protocol: string;
  /** Code of what is wrong with the certificate by the authorities that browsers know too; empty where nothing is. */
  webPkiError: string;
  /** The certificates of the server, its own first. */
  chain(): X509Certificate[];
};

/** A failure type of RFC 8460 §4.3, and the words for people. */
export type TlsFault = { type: string; text: string };

/** What a host has to prove, and who is told how it went. */
export type HostPolicy = {
  /** "DANE", "MTA-STS (enforce)", … for the trail. */
  source: string;
  /** In words, for those who ask. */
  why: string;
  tls: TlsPolicy;
  /** What is wrong with the host after a handshake. */
  judge: ((seen: SeenTls) => TlsFault | null) | null;
  /** What `judge` asks for, as a key: conversations that proved the same may be shared. */
  asks: string;
  /** What `judge` finds ends the conversation; else it is only counted. */
  isBinding: boolean;
  /** The host gets nothing, whatever it would show. */
  refusal?: TlsFault;
  /** Counts a session for the reports: "success" or a failure type. */
  count(result: string): void;
};

/** Whether the certificate proves the name that was asked for; `host` for the words. */
export function judgeWebPki(host: string): (seen: SeenTls) => TlsFault | null {
  return ({ webPkiError }) => {
    if (webPkiError === '') return null;
    const [type, what] = describeWebPkiError(webPkiError);
    return { type, text: `${host || 'The host'} does not prove its name: ${what}` };
  };
}

/** RFC 8460 §4.3.1 */
function describeWebPkiError(code: string): [type: string, what: string] {
  if (code === 'CERT_HAS_EXPIRED') return ['certificate-expired', 'its certificate has expired'];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return ['certificate-host-mismatch', 'its certificate is for other names'];
  }
  return ['certificate-not-trusted', `its certificate is of no known authority (${code})`];
}

/** What a conversation under this policy has proven; empty without one. */
export function proofOf(host: HostPolicy | null): string {
  return host ? JSON.stringify([host.source, host.tls, host.asks]) : '';
}
