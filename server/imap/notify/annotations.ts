// The part of NOTIFY that watches annotations (RFC 5465 §5.6, §5.7): MailboxMetadataChange and
// ServerMetadataChange, told as METADATA without values (RFC 5464 §4.4.2).
import { onPoke } from '#lib/poke.ts';
import {
  compareMarks,
  type Marks,
  markKey,
  markOf,
  onAnnotationChange,
  readMarks,
  serverOwner,
} from '#server/store/sharing/annotation-marks.ts';
import type { AnnotationChange } from '#server/store/sharing/annotations.ts';

export class AnnotationWatch {
  readonly #userId: string;
  readonly #onNews: () => void;
  readonly #listeners = new Map<string, () => void>();
  #stopElsewhere: () => void;
  #marks: Marks = new Map();
  isDirty = false;

  constructor(userId: string, onNews: () => void) {
    this.#userId = userId;
    this.#onNews = onNews;
    this.#stopElsewhere = onPoke('elsewhere', this.#onPoke);
    this.listenTo([]);
  }

  readonly #onPoke = () => {
    this.isDirty = true;
    this.#onNews();
  };

  /** Hears of the user's own ones, the server's, and those of `owners`. */
  listenTo(owners: readonly string[]): void {
    const wanted = new Set([serverOwner, this.#userId, ...owners]);
    for (const [owner, stop] of this.#listeners) {
      if (wanted.has(owner)) continue;
      stop();
      this.#listeners.delete(owner);
    }
    for (const owner of wanted) {
      if (this.#listeners.has(owner)) continue;
      this.#listeners.set(owner, onAnnotationChange(owner, this.#onPoke));
    }
  }

  stop(): void {
    this.#stopElsewhere();
    for (const stop of this.#listeners.values()) stop();
    this.#listeners.clear();
  }

  /** Entries that changed since the call before, by mailbox id, '' for the server. */
  async read(owners: readonly string[]): Promise<Map<string, string[]>> {
    this.isDirty = false;
    try {
      const marks = await readMarks(owners, this.#userId);
      const changed = compareMarks(this.#marks, marks);
      this.#marks = marks;
      return changed;
    } catch (error) {
      this.isDirty = true;
      throw error;
    }
  }

  /** The client has written these itself. */
  note(mailboxId: string, changes: readonly AnnotationChange[]): void {
    for (const { entry, value } of changes) {
      const key = markKey(mailboxId, entry);
      if (value === null) this.#marks.delete(key);
      else this.#marks.set(key, markOf(value));
    }
  }
}
