// What a check is, and what it may look at in each stage.
import type { Resolution } from '#lib/accounts/route.ts';
import type { HeaderField } from '#lib/mail/header.ts';
import type { SettingKey, Settings } from '#lib/settings/index.ts';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import type { Marks } from '../marks.ts';
import type { Client, Transaction } from '../session.ts';
import type { Stage } from '../stage.ts';
import type { Verdict } from '../verdict.ts';

type Base = {
  client: Client;
  settings: Settings;
  /** Where the verdicts go: of the session, of the transaction, or of one recipient */
  marks: Marks;
};

export type Inputs = Record<Stage, Base> & {
  connect: Base & {
    isTrusted: boolean;
    /** Open connections of this listener, this one included: all, and those of the same client. */
    open: { total: number; ofClient: number };
  };
  helo: Base & { name: string };
  mail: Base & {
    /** Canonical address; '' for the null sender; null where it is no address. */
    sender: string | null;
    /** ESMTP parameters, names in upper case. */
    parameters: Record<string, string | true>;
  };
  rcpt: Base & {
    transaction: Transaction;
    /** Canonical address, or null where it is none. */
    recipient: string | null;
    parameters: Record<string, string | true>;
    resolution: Resolution;
    /** Asked only where it decides, at every recipient anew. */
    isTrusted(): Promise<boolean>;
  };
  data: Base & {
    transaction: Transaction;
    /** Header fields as they came in. */
    fields: HeaderField[];
    hasBareNewline: boolean;
    body: StagedBody;
  };
};

export type { Stage };

/** Whom a check is for: strangers are who neither signed in, nor is trusted, nor was made welcome. */
export type Audience = 'everyone' | 'strangers' | 'users';

export type Check<S extends Stage> = {
  /** The file's name; stands in logs, trail and explanations. */
  name: string;
  /** For administrators: "Greylisting" */
  title: string;
  /** Default: everyone. */
  audience?: Audience;
  /** Whether the settings want it; without this it always runs. */
  isOn?(settings: Settings): boolean;
  /** A refusal waits for the recipient (delayed.ts) and the stage goes on. */
  isDelayed?: true;
  /** Where it is set, the switch first. */
  settings?: readonly SettingKey[];
  /**
   * With `client.isRehearsal` it decides as ever but keeps nothing: no counter, no row.
   * What the DNS does not say now is a temporary refusal or a pass, never a refusal for good.
   */
  run(input: Inputs[S]): Verdict | Promise<Verdict>;
};
