// The certificate of the server's own name with its key, where an authority gave it: for what the web app signs.
import { db } from '../db.ts';
import { readSettings, serverHostname } from '../settings/index.ts';
import { openPems } from './certificate.ts';
import { coversHost, type Pems, readChainFacts, readPems } from './pem.ts';

/** null where there is none, or only self-signed ones. */
export async function findOwnPems(): Promise<Pems | null> {
  const [settings, hostname] = await Promise.all([readSettings(), serverHostname()]);
  const certificateFile = settings['tls.certificateFile'];
  const fromSettings = certificateFile
    ? await readPems(certificateFile, settings['tls.keyFile']).catch(() => null)
    : null;
  const rows = await db.certificate.findMany({ where: { chain: { not: '' } } });
  const pairs = await Promise.all(
    rows.map(({ kind, certificateFile, keyFile, chain, secret }) =>
      kind === 'files'
        ? readPems(certificateFile, keyFile).catch(() => null)
        : openPems({ chain, secret }),
    ),
  );
  const found = [fromSettings, ...pairs].find((pems) => {
    const facts = pems && readChainFacts(pems.cert);
    return facts && !facts.isSelfSigned && coversHost(facts.names, hostname);
  });
  return found ?? null;
}
