// One listener of smtp-server that makes our connections. The library's options object is shared by all its
// sessions and read live, so a changed setting goes into it at the next connection.
import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { limitKey, plainAddress } from '#lib/accounts/network.ts';
import type { Settings } from '#lib/settings/index.ts';
import { responseLineLimit } from '#server/auth/sasl.ts';
import { smtpConnections } from '#server/metrics/index.ts';
import { secureContext } from '#server/tls/certificate.ts';
import { MailConnection } from './connection.ts';
import type { SmtpListener } from './session.ts';

/** RFC 5321 §4.5.3.1.4 says 512, and more for extensions; SMTPUTF8 addresses and source routes need room. */
const commandLimit = 2048;
/** A stop lets a message that is being stored come to its end. */
const closeTimeoutMs = 1500;

export class MailServer extends SMTPServer {
  readonly listenerName: SmtpListener;
  private readonly bySession = new WeakMap<SMTPServerSession, MailConnection>();

  constructor(listenerName: SmtpListener) {
    const isSubmission = listenerName !== 'smtp';
    super({
      secure: listenerName === 'submissions',
      logger: false, // debug lines would hold addresses and, in error cases, what was typed
      disableReverseLookup: true,
      hideENHANCEDSTATUSCODES: false,
      disabledCommands: ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'],
      authOptional: !isSubmission,
      authRequiredMessage: '5.7.0 Authentication required', // RFC 4954 §6
      maxCommandLength: isSubmission ? responseLineLimit + commandLimit : commandLimit,
      closeTimeout: closeTimeoutMs,
      maxRecipients: 0,
    });
    this.listenerName = listenerName;
    this.loadCertificate();
  }

  /** For the next handshake, by STARTTLS or on the TLS port. */
  loadCertificate(): void {
    this.secureContext = new Map([['*', secureContext()]]);
  }

  applySettings(settings: Settings): void {
    this.options.size = settings['smtp.messageSizeBytes'];
    // Bounds TLS handshakes that never end; sessions are counted by checks/connections.ts.
    this.options.maxClients = settings['smtp.maxConnections'];
    this.options.socketTimeout = settings['smtp.idleTimeoutSeconds'] * 1000;
  }

  /** Says goodbye (RFC 5321 §3.8) to every connection with nothing under way. */
  endIdle(): void {
    for (const connection of this.connections) {
      if (connection instanceof MailConnection && connection.isIdle()) connection.sayGoodbye();
    }
  }

  /** Open connections in all, and those of the client at `remote`. */
  countOpen(remote: string): { total: number; ofClient: number } {
    const key = limitKey(remote);
    let ofClient = 0;
    for (const connection of this.connections) {
      if (limitKey(plainAddress(connection.remoteAddress)) === key) ofClient++;
    }
    return { total: this.connections.size, ofClient };
  }

  override onMailFrom(...[address, session, done]: Parameters<SMTPServer['onMailFrom']>): void {
    this.bySession.get(session)?.takeSender(address, done);
  }

  override onRcptTo(...[address, session, done]: Parameters<SMTPServer['onRcptTo']>): void {
    this.bySession.get(session)?.takeRecipient(address, done);
  }

  override onData(...[stream, session, done]: Parameters<SMTPServer['onData']>): void {
    this.bySession.get(session)?.takeMessage(stream, done);
  }

  override connect(socket: Socket, options?: SMTPConnectionOptions | null): void {
    const remoteAddress = seenAddress(plainAddress(socket.remoteAddress ?? ''));
    const connection = new MailConnection(this, socket, { ...options, remoteAddress });
    this.bySession.set(connection.session, connection);
    this.connections.add(connection);
    connection.on('error', (error) => this.emit('error', error));
    const tls = this.options.secure ? 'implicit' : 'none';
    smtpConnections.inc({ listener: this.listenerName, tls });
    connection.init();
  }
}

/**
 * Tests play strangers from this machine: DREY_TEST_ADDRESS_MAP="127.0.0.1=192.0.2.7,…" makes a peer appear
 * under another address. Not set in any real use.
 */
function seenAddress(remote: string): string {
  const map = process.env.DREY_TEST_ADDRESS_MAP;
  if (!map) return remote;
  const pair = map.split(',').find((entry) => entry.startsWith(`${remote}=`));
  return pair?.slice(remote.length + 1) ?? remote;
}
