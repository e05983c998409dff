// smtp-server with our connections, and without a socket of its own: server/net/listeners.ts has them. The library's options object is shared by all its
// sessions and read live, so a changed setting goes into it at the next connection.
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { isTrustedAddress, limitKey, plainAddress } from '#lib/accounts/network.ts';
import { newId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { responseLineLimit } from '#server/auth/sasl.ts';
import { smtpConnections } from '#server/metrics/index.ts';
import { isNamedHost } from '#server/net/named-hosts.ts';
import { handshakeTimeoutMs } from '#server/net/start-tls.ts';
import { answerSni, secureContext } from '#server/tls/certificate.ts';
import { findStranger } from './relay-test/strangers.ts';
import type { SmtpListener } from './session.ts';
import type { ConnectionOptions } from './wire/command-connection.ts';
import { MailConnection } from './wire/connection.ts';
import { readOrigin } from './wire/proxy.ts';

const log = logOf('smtp');

/** RFC 5321 §4.5.3.1.4 says 512, and more for extensions; SMTPUTF8 addresses and source routes need room. */
const commandLimit = 2048;

export class MailServer extends SMTPServer {
  readonly listenerName: SmtpListener;
  readonly maxLineBytes: number;
  /** What is to happen when a socket closes, for who loses its listeners on the way. */
  readonly leaving = new WeakMap<Socket, () => void>();

  constructor(listenerName: SmtpListener) {
    const isSubmission = listenerName === 'submission' || listenerName === 'submissions';
    super({
      secure: listenerName === 'submissions',
      logger: false, // debug lines would hold addresses and, in error cases, what was typed
      disableReverseLookup: true,
      hideENHANCEDSTATUSCODES: false,
      SNICallback: answerSni,
    });
    this.listenerName = listenerName;
    this.maxLineBytes = isSubmission ? responseLineLimit + commandLimit : commandLimit;
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

  /** Sockets that are not sessions yet: what waits for a PROXY header or the end of a handshake is let go. */
  endPending(): void {
    for (const socket of this._pendingSockets.values()) socket.destroy();
  }

  /** What is still there is told so and closed. */
  endAll(): void {
    for (const connection of this.connections) {
      connection.send(421, 'Server shutting down');
      connection.close();
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

  /** Every socket is looked at before it becomes a session, and counted until then. */
  override _expectsProxyHeader(): boolean {
    return true;
  }

  /** Finds whom the connection is for. A named host that does not say so is not served. */
  override _handleProxy(...[socket, done]: Parameters<SMTPServer['_handleProxy']>): void {
    // For its whole life: an error is followed by "close", which everybody sees.
    socket.on('error', () => {});
    this.limitHandshake(socket);
    this.findOrigin(socket)
      .then(async (options) => {
        const mayBegin = await this.mayShakeHands(socket, options);
        if (socket.destroyed) done(new Error('closed before its session began'));
        else if (!mayBegin) throw new Error('too many handshakes at once');
        else done(null, { id: newId(), ...options });
      })
      .catch((error) => {
        log.info({ listener: this.listenerName, remote: socket.remoteAddress, err: error });
        socket.destroy();
        done(error);
      });
  }

  /** The library's timer begins anew with every byte: a hello that drips in would hold its place for days. */
  private limitHandshake(socket: Socket): void {
    if (!this.options.secure) return;
    const timer = setTimeout(() => {
      // The TLS socket where there is one: torn down from below it takes the process along.
      this._pendingSockets.get(socket)?.destroy();
    }, handshakeTimeoutMs).unref();
    socket.once('close', () => clearTimeout(timer));
  }

  /** Sessions are counted by checks/connections.ts; before it there is TLS, whose places one client must not fill. */
  private async mayShakeHands(socket: Socket, { remoteAddress }: ConnectionOptions) {
    const seen = (each: Socket) => plainAddress(each.remoteAddress ?? '');
    // Behind a load balancer all look alike here.
    if (!this.options.secure || remoteAddress !== seenAddress(seen(socket))) return true;
    if (await isTrustedAddress(remoteAddress)) return true;
    const key = limitKey(seen(socket));
    const pending = [...this._pendingSockets.keys()].filter((each) => limitKey(seen(each)) === key);
    return pending.length <= (await readSettings())['smtp.maxConnectionsPerAddress'];
  }

  private async findOrigin(socket: Socket): Promise<ConnectionOptions> {
    const stranger = await findStranger(socket);
    if (stranger) return { remoteAddress: stranger, isRehearsal: true };
    // A socket file has no address: it is this machine.
    const peer = seenAddress(plainAddress(socket.remoteAddress ?? '127.0.0.1'));
    const hosts = (await readSettings())['smtp.proxyHosts'];
    if (this.listenerName === 'lmtp' || !isNamedHost(hosts, peer)) return { remoteAddress: peer };
    const origin = await readOrigin(socket);
    if (!origin) return { remoteAddress: peer };
    return { remoteAddress: plainAddress(origin.address), remotePort: origin.port };
  }

  override connect(socket: Socket, options?: ConnectionOptions | null): void {
    const connection = new MailConnection(this, socket, options);
    this.connections.add(connection);
    connection.on('error', (error) => this.emit('error', error));
    const tls = this.options.secure ? 'implicit' : 'none';
    if (!options?.isRehearsal) smtpConnections.inc({ listener: this.listenerName, tls });
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
