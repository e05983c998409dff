// The HTTPS host of a test: serves an MTA-STS policy, takes TLS reports.
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export type PolicyHost = {
  port: number;
  /** May be changed at any time. */
  answer: { status: number; headers: Record<string, string>; body: string };
  requests: { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer }[];
  close(): Promise<void>;
};

/** Starts it on loopback. */
export async function startPolicyHost(pems: { key: string; cert: string }): Promise<PolicyHost> {
  const server = createServer(pems, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    host.requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    response.writeHead(host.answer.status, host.answer.headers);
    response.end(host.answer.body);
  });
  // A client that refuses our certificate is part of the test.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host: PolicyHost = {
    port: (server.address() as AddressInfo).port,
    answer: { status: 200, headers: { 'content-type': 'text/plain' }, body: '' },
    requests: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return host;
}

/** A policy file. */
export function policyText(mode: string, mx: string[], maxAge = 86_400): string {
  const hosts = mx.map((name) => `mx: ${name}\r\n`).join('');
  return `version: STSv1\r\nmode: ${mode}\r\n${hosts}max_age: ${maxAge}\r\n`;
}
