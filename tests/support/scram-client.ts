// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), written apart from the server's, for tests.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

export type ScramClient = {
  /** First message. */
  first: string;
  /** Second message, for the server's first. */
  answer(serverFirst: string): string;
  /** What the server must say in the end. */
  signature(): string;
};

type Options = {
  username: string;
  password: string;
  /** "n,,", "y,,", "p=tls-exporter,," */
  gs2?: string;
  /** Data of the channel. */
  bound?: Buffer;
  nonce?: string;
};

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** One exchange. */
export function startScramClient(options: Options): ScramClient {
  const { username, password, gs2 = 'n,,', bound = Buffer.alloc(0) } = options;
  const nonce = options.nonce ?? randomBytes(12).toString('base64');
  const bare = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  let signature = '';
  return {
    first: gs2 + bare,
    answer(serverFirst) {
      const [, both = '', salt = '', count] =
        /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? [];
      if (!both.startsWith(nonce)) throw new Error(`not my nonce: ${serverFirst}`);
      const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(count), 32, 'sha256');
      const clientKey = hmac(salted, 'Client Key');
      const channel = Buffer.concat([Buffer.from(gs2), bound]).toString('base64');
      const withoutProof = `c=${channel},r=${both}`;
      const message = `${bare},${serverFirst},${withoutProof}`;
      const mask = hmac(createHash('sha256').update(clientKey).digest(), message);
      const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (mask[at] ?? 0)));
      signature = `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`;
      return `${withoutProof},p=${proof.toString('base64')}`;
    },
    signature: () => signature,
  };
}
