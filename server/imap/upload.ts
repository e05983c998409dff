// The messages of an APPEND while they arrive: each goes to a stage of the store as its bytes come.
import { createStage, type Stage, type StagedBody } from '#server/store/bodies/blobs.ts';

export class Upload {
  #stage: Stage | null = null;
  #staged: StagedBody[] = [];
  /** First failure; from then on bytes are only read over. */
  error: unknown = null;

  /** Complete messages, in their order. */
  get messages(): readonly StagedBody[] {
    return this.#staged;
  }

  /** A message of `sizeBytes` begins. */
  begin(sizeBytes: number): void {
    this.#stage = createStage(sizeBytes);
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#try((stage) => stage.write(bytes));
  }

  /** The message is complete. */
  async finish(): Promise<void> {
    await this.#try(async (stage) => {
      this.#staged.push(await stage.finish());
    });
    await this.abort();
  }

  /** Drops the message that is not complete. */
  async abort(): Promise<void> {
    const stage = this.#stage;
    this.#stage = null;
    await stage?.abort();
  }

  async #try(work: (stage: Stage) => Promise<void>): Promise<void> {
    if (!this.#stage || this.error) return;
    try {
      await work(this.#stage);
    } catch (error) {
      this.error = error;
    }
  }
}
