// What one connection has become: who signed in, which mailbox is selected (RFC 3501 §3), and which
// extensions the client switched on. Knows nothing of sockets.
import type { Account } from '#lib/accounts/account.ts';
import { loginOf, watchLogin } from '#lib/accounts/login-watch.ts';
import type { SignedIn } from '#lib/accounts/sessions.ts';
import { Refusal } from '#lib/errors.ts';
import { formatString } from '#lib/mail/imap-string.ts';
import { readSetting } from '#lib/settings/index.ts';
import type { ChannelBinding } from '#server/auth/channel-binding.ts';
import { type Exchange, listMechanisms, startExchange } from '#server/auth/exchange.ts';
import { login, mayUsePassword, refuseInClear } from '#server/auth/login.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { type FeatureFacts, formatCapabilities } from './features.ts';
import type { Notify } from './notify/notify.ts';
import type { Roster } from './roster.ts';
import type { Selection } from './selection.ts';
import { formatName } from './wire/encode.ts';

export type State = 'not-authenticated' | 'authenticated' | 'selected';
export type Client = { remote: string; isSecure: boolean; binding?: ChannelBinding | null };

export class Session {
  readonly client: Client;
  /** Aborted once the client is gone: long work may stop. */
  readonly gone: AbortSignal;
  readonly #roster: Roster;
  #account: Account | null = null;
  #leave: (() => void) | null = null;
  /** The account is disabled, removed, or has another password: no more commands. */
  isOver = false;
  /** Called once when it is over. */
  onOver: () => unknown = () => {};
  /** Wakes IDLE for that. */
  onOverInIdle: (() => void) | null = null;
  selection: Selection | null = null;
  #notify: Notify | null = null;
  /** RFC 7162 §3.1: the client has asked for MODSEQ at least once. */
  isCondstore = false;
  /** RFC 7162 §3.2.3: what goes is told by its UID. */
  isQresync = false;
  /** UTF8=ACCEPT or IMAP4rev2: names and quoted strings are UTF-8 in both directions (RFC 9755 §3). */
  isUtf8 = false;
  /** RFC 9051 Appendix A: the client has asked for the newer protocol. */
  isRev2 = false;
  /** RFC 4978: COMPRESS is in force. */
  isCompressed = false;
  /** The client has said who it is (RFC 2971); once is enough for the log. */
  hasSaidWho = false;
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

  /** By LOGIN. Refusal 'auth-failed', 'throttled', 'limit'. */
  async signIn(username: string, password: string): Promise<void> {
    const credentials = { kind: 'password', authzid: '', username, password } as const;
    await this.enter(await login(credentials, this.#origin));
  }

  /** A password came in clear where that is not allowed. */
  async countClearLogin(username: string): Promise<void> {
    await refuseInClear(username, this.#origin);
  }

  /** By AUTHENTICATE; null for a mechanism that is not offered. enter() with the account it ends in. */
  startExchange(mechanism: string): Promise<Exchange | null> {
    return startExchange(mechanism, { ...this.#origin, binding: this.client.binding ?? null });
  }

  get #origin(): { remote: string; protocol: 'imap' } {
    return { remote: this.client.remote, protocol: 'imap' };
  }

  /** The account has shown who it is. Refusal 'limit'. */
  async enter(account: SignedIn): Promise<void> {
    const leave = this.#roster.join(account.id, await readSetting('imap.maxConnectionsPerUser'));
    const unwatch = watchLogin({ ...loginOf(account), end: () => this.#endLogin() });
    this.#leave = () => {
      unwatch();
      leave();
    };
    try {
      await ensureMailboxes(account.id);
    } catch (error) {
      this.#leave();
      throw error;
    }
    this.idleTimeoutMs = (await readSetting('imap.idleTimeoutMinutes')) * 60_000;
    this.#account = account;
  }

  #endLogin(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onOver();
    this.onOverInIdle?.();
  }

  /** What NOTIFY has set (RFC 5465); null before the first one. */
  get notify(): Notify | null {
    return this.#notify;
  }

  setNotify(notify: Notify | null): void {
    if (this.#notify?.watch !== notify?.watch) this.#notify?.watch?.stop();
    this.#notify = notify;
  }

  /** The selected mailbox stands still: NOTIFY is in force and did not ask for it (RFC 5465 §3.1, §5). */
  get isStill(): boolean {
    return this.#notify !== null && this.#notify.selected === null;
  }

  /** The client has put messages into a mailbox: no news to it (RFC 5465 §5, §5.2). */
  noteArrived(mailboxId: string, uids: readonly number[]): void {
    const { selection } = this;
    if (selection?.mailboxId !== mailboxId) {
      this.#notify?.watch?.noteArrived(mailboxId, uids);
    } else if (this.#notify?.selected?.items.length || selection.contexts.hasItems) {
      for (const uid of uids) selection.ownArrivals.add(uid);
    }
  }

  /** The client has expunged messages of the selected mailbox: told even while the mailbox stands still. */
  noteExpunged(uids: readonly number[]): void {
    if (!this.isStill) return;
    const view = this.selection?.view;
    view?.apply({ changed: [], vanished: uids }, view.modseq);
  }

  /** RFC 3501 §6.4.2: no mailbox is selected any more. */
  unselect(): void {
    this.selection?.close();
    this.selection = null;
  }

  /** Ends what the session holds. */
  end(): void {
    this.unselect();
    this.setNotify(null);
    this.#leave?.();
    this.#leave = null;
  }

  /** LIST data of a mailbox that was named in another form than the canonical one (RFC 9051 §6.3.9.7). */
  formatOldName(written: string | null): string {
    return written === null ? '' : ` ("OLDNAME" (${formatString(written, true)}))`;
  }

  /** A mailbox name in the form that this client reads. */
  formatName(name: string): string {
    return formatName(name, this.isUtf8);
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
      mechanisms: await this.#listMechanisms(),
      mayCompress: !this.isCompressed && (await readSetting('imap.compression')),
      hidden: await readSetting('imap.hiddenCapabilities'),
      appendLimitBytes: await this.appendLimitBytes(),
    };
  }

  async #listMechanisms(): Promise<readonly string[]> {
    const { remote, binding = null } = this.client;
    return this.isSignedIn ? [] : listMechanisms({ remote, binding });
  }

  /** Largest message that APPEND takes. */
  appendLimitBytes(): Promise<number> {
    return readSetting('smtp.messageSizeBytes');
  }
}
