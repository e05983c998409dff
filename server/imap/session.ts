// What one connection has become: who signed in, which mailbox is selected (RFC 3501 §3), and which
// extensions the client switched on. Knows nothing of sockets.
import type { Account } from '#lib/accounts/account.ts';
import { checkSession } from '#lib/accounts/sessions.ts';
import { now } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import { readSetting } from '#lib/settings/index.ts';
import { login, mayUsePassword } from '#server/auth/login.ts';
import { type Credentials, mechanismNames } from '#server/auth/sasl.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { type FeatureFacts, formatCapabilities } from './features.ts';
import type { Roster } from './roster.ts';
import type { Selection } from './selection.ts';

export type State = 'not-authenticated' | 'authenticated' | 'selected';
export type Client = { remote: string; isSecure: boolean };

/** How long a session runs on before its account is looked at again. */
const checkIntervalMs = 15_000;

export class Session {
  readonly client: Client;
  /** Aborted once the client is gone: long work may stop. */
  readonly gone: AbortSignal;
  readonly #roster: Roster;
  #account: Account | null = null;
  #leave: (() => void) | null = null;
  #checkedAt = 0;
  selection: Selection | null = null;
  /** RFC 7162 §3.1: the client has asked for MODSEQ at least once. */
  isCondstore = false;
  /** RFC 7162 §3.2.3: what goes is told by its UID. */
  isQresync = false;
  /** A client that says nothing for so long is logged out. */
  idleTimeoutMs = 0;

  constructor(client: Client, roster: Roster, gone: AbortSignal) {
    this.client = client;
    this.gone = gone;
    this.#roster = roster;
  }

  get state(): State {
    if (!this.#account) return 'not-authenticated';
    return this.selection ? 'selected' : 'authenticated';
  }

  get isSignedIn(): boolean {
    return this.#account !== null;
  }

  /** The account; only commands that need one may ask. */
  get account(): Account {
    if (!this.#account) throw new Error('nobody is signed in');
    return this.#account;
  }

  get accountId(): string {
    return this.account.id;
  }

  /**
   * The selection; only commands of the selected state may ask. Refusal 'not-found' where somebody else's mailbox
   * may not be read any more: nothing of it is answered, whatever the client still believes.
   */
  get selected(): Selection {
    if (!this.selection) throw new Error('no mailbox is selected');
    if (this.selection.isLost) throw new Refusal('not-found', 'There is no such mailbox');
    return this.selection;
  }

  /** True where a password may be sent: TLS or loopback. */
  get maySignIn(): boolean {
    return mayUsePassword(this.client);
  }

  /** Signs in. Refusal 'auth-failed', 'throttled', 'limit'. */
  async signIn(credentials: Credentials): Promise<void> {
    const account = await login(credentials, { remote: this.client.remote, protocol: 'imap' });
    this.#leave = this.#roster.join(account.id, await readSetting('imap.maxConnectionsPerUser'));
    try {
      await ensureMailboxes(account.id);
    } catch (error) {
      this.#leave();
      throw error;
    }
    this.idleTimeoutMs = (await readSetting('imap.idleTimeoutMinutes')) * 60_000;
    this.#account = account;
    this.#checkedAt = now().getTime();
  }

  /** False once the account is disabled, removed, or has another password. Looks seldom unless `isForced`. */
  async isStillWelcome(isForced = false): Promise<boolean> {
    if (!this.#account) return true;
    const time = now().getTime();
    if (!isForced && time - this.#checkedAt < checkIntervalMs) return true;
    this.#checkedAt = time;
    return (
      (await checkSession({ accountId: this.#account.id, epoch: this.#account.epoch })) !== null
    );
  }

  /** RFC 3501 §6.4.2: no mailbox is selected any more. */
  unselect(): void {
    this.selection?.close();
    this.selection = null;
  }

  /** Ends what the session holds. */
  end(): void {
    this.unselect();
    this.#leave?.();
    this.#leave = null;
  }

  /** "CAPABILITY …" as it is true now. */
  async capabilities(): Promise<string> {
    return formatCapabilities(await this.#featureFacts());
  }

  async #featureFacts(): Promise<FeatureFacts> {
    return {
      isSignedIn: this.isSignedIn,
      isTls: this.client.isSecure,
      maySignIn: this.maySignIn,
      mechanisms: mechanismNames,
      appendLimitBytes: await this.appendLimitBytes(),
    };
  }

  /** Largest message that APPEND takes. */
  appendLimitBytes(): Promise<number> {
    return readSetting('smtp.messageSizeBytes');
  }
}
