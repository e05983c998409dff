// What a message becomes on its way out, in this order: the footer of the author's domain, whole and short lines, seven
// bits where the other side takes no more, and last the signature of our own mail or the seal of what is passed on,
// so that both are of the octets that arrive.
//
// Invariant: a fault of any of these steps is logged and the message goes without it; it is never lost.
import { isAscii } from 'node:buffer';
import { logOf } from '#lib/log.ts';
import { findField, parseHeaderFields, splitHeader } from '#lib/mail/header.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import { shortenLinesApart, toSevenBitApart } from './convert/apart.ts';
import { mendNewlines } from './convert/lines.ts';
import { Unconvertible } from './convert/seven-bit.ts';
import { addFooterOutside } from './footer/footer.ts';
import { findForwarder, readStamp } from './forward/forwarder.ts';
import { rewriteReturn } from './forward/return-address.ts';
import { sealForwarded } from './forward/seal.ts';
import { isOwnMail, type QueuedMail } from './sign/own-mail.ts';
import { signOwn } from './sign/sign.ts';

const log = logOf('sign');

export type Queued = QueuedMail & { id: string; traceId: string };

/** Why a host cannot have a message: an enhanced status (RFC 3463) and words. */
export type Unfit = { status: string; text: string };
/** Makes the message for a host, by what that one takes. */
export type Render = (host: { has8BitMime: boolean }) => Promise<Buffer | Unfit>;

export type Leaving = {
  /** The envelope sender that the next server is told. */
  sender: string;
  render: Render;
};

/** `isRelayed`: a relay rule says where it goes. */
export async function prepareOutgoing(
  message: Queued,
  stored: Buffer,
  isRelayed: boolean,
): Promise<Leaving> {
  const [isOwn, forwarder, settings] = await Promise.all([
    isOwnMail(message),
    findForwarder(message, isRelayed),
    readSettings(),
  ]);
  const { bytes, mark } = await addFooterOutside(message, stored);
  const whole = await mendNewlines(bytes);
  const mayShorten = isOwn || !(await maySignatureHold(message, whole));
  const lined = mayShorten ? await attempt(message, whole, () => shortenLinesApart(whole)) : whole;
  const body = lined.subarray(splitHeader(lined).bodyStart);
  const isEightBit = !isAscii(body);
  const made = new Map<string, Promise<Buffer | Unfit>>();
  const make = async (form: string, isConverted: boolean): Promise<Buffer | Unfit> => {
    const fit = isConverted ? await convert(message, lined) : lined;
    if (!Buffer.isBuffer(fit)) return fit;
    return attempt(message, fit, async () => {
      if (isOwn) return signOwn(fit, form);
      const isSealed = forwarder !== null && settings['delivery.arc'];
      return isSealed ? sealForwarded(message, forwarder, fit, form) : fit;
    });
  };
  return {
    sender:
      forwarder === null
        ? message.sender
        : await rewriteReturn(message.sender, forwarder, settings),
    render: ({ has8BitMime }) => {
      const isConverted = isEightBit && !has8BitMime;
      const form = `${message.id} ${mark} ${isConverted ? '7bit' : ''}`;
      const known = made.get(form) ?? make(form, isConverted);
      made.set(form, known);
      return known;
    },
  };
}

/** RFC 6152 §3: converted, or back to the sender; never 8-bit to who does not take it. */
async function convert(message: Queued, bytes: Buffer): Promise<Buffer | Unfit> {
  try {
    return await toSevenBitApart(bytes);
  } catch (error) {
    if (!(error instanceof Unconvertible)) {
      log.error({ err: error, traceId: message.traceId }, 'a message could not be converted');
    }
    const why = error instanceof Unconvertible ? error.message : 'it cannot be taken apart';
    return {
      // RFC 3463 §3.7: conversion required but not supported.
      status: '5.6.3',
      text: `The server does not take 8-bit mail (8BITMIME), and this message cannot be converted: ${why}`,
    };
  }
}

/** Whether somebody else's signature may be whole, which a change would break. */
async function maySignatureHold({ prefix }: Queued, bytes: Buffer): Promise<boolean> {
  const fields = parseHeaderFields(splitHeader(bytes).header);
  if (!findField(fields, 'dkim-signature') && !findField(fields, 'arc-seal')) return false;
  const results = readStamp(prefix, await serverHostname());
  return results === null || /;\s+(?:dkim|arc)=(?:pass|temperror)\b/.test(results);
}

async function attempt(
  { traceId }: Queued,
  bytes: Buffer,
  change: () => Promise<Buffer>,
): Promise<Buffer> {
  try {
    return await change();
  } catch (error) {
    log.error({ err: error, traceId }, 'a message leaves without a change that was due');
    return bytes;
  }
}
