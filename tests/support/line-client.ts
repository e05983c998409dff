// A line-by-line client for SMTP, IMAP and POP3 in tests: says a line, waits for what must come.
import { connect, type Socket } from 'node:net';

export type LineClient = {
  /** Waits until what arrived since the last `expect` matches; returns it and forgets it. */
  expect(pattern: RegExp): Promise<string>;
  say(line: string): void;
  /** Says a line and waits. */
  ask(line: string, pattern: RegExp): Promise<string>;
  isClosed(): boolean;
  close(): void;
};

const withinMs = 120_000;

/** Connects to a loopback port; `localAddress` and `host` may be other addresses of 127.0.0.0/8. */
export function connectLines(
  port: number,
  localAddress = '127.0.0.1',
  host = '127.0.0.1',
): LineClient {
  const socket: Socket = connect({ port, host, localAddress });
  let text = '';
  let closed = false;
  let wake: () => void = () => {};
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    text += chunk;
    wake();
  });
  socket.on('close', () => {
    closed = true;
    wake();
  });
  socket.on('error', () => {});
  const expectText = async (pattern: RegExp): Promise<string> => {
    const deadline = performance.now() + withinMs;
    while (!pattern.test(text)) {
      const leftMs = deadline - performance.now();
      if (closed || leftMs <= 0)
        throw new Error(
          `Expected ${pattern}, got ${JSON.stringify(text)}${closed ? ' and the end' : ''}`,
        );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const seen = text;
    text = '';
    return seen;
  };
  const say = (line: string) => void socket.write(`${line}\r\n`, 'latin1');
  return {
    expect: expectText,
    say,
    ask: (line, pattern) => {
      say(line);
      return expectText(pattern);
    },
    isClosed: () => closed,
    close: () => socket.destroy(),
  };
}
