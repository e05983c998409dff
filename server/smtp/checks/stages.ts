// What a check is, and what it may look at in each stage.
import type { Resolution } from '#lib/accounts/route.ts';
import type { HeaderField } from '#lib/mail/header.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import type { Client, Transaction } from '../session.ts';
import type { Verdict } from '../verdict.ts';

export type Inputs = {
  connect: {
    client: Client;
    settings: Settings;
    isTrusted: boolean;
    /** Open connections of this listener, this one included: all, and those of the same client. */
    open: { total: number; ofClient: number };
  };
  helo: { client: Client; name: string };
  mail: {
    client: Client;
    settings: Settings;
    /** Canonical address; '' for the null sender; null where it is no address. */
    sender: string | null;
    /** ESMTP parameters, names in upper case. */
    parameters: Record<string, string | true>;
  };
  rcpt: {
    client: Client;
    settings: Settings;
    transaction: Transaction;
    /** Canonical address, or null where it is none. */
    recipient: string | null;
    parameters: Record<string, string | true>;
    resolution: Resolution;
    /** Asked only where it decides, at every recipient anew. */
    isTrusted(): Promise<boolean>;
  };
  data: {
    client: Client;
    settings: Settings;
    transaction: Transaction;
    /** Header fields as they came in. */
    fields: HeaderField[];
    hasBareNewline: boolean;
    body: StagedBody;
  };
};

export type Stage = keyof Inputs;

export type Check<S extends Stage> = {
  /** The file's name; stands in logs. */
  name: string;
  run(input: Inputs[S]): Verdict | Promise<Verdict>;
};
