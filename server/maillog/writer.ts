// Writes the mail log (settings log.*) of this process: to a file, opened again when it was renamed, and to a
// syslog server. A disk or server that fails loses lines, never mail; it is said once.
import { createSocket, type Socket } from 'node:dgram';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { now } from '#lib/clock.ts';
import { logOf } from '#lib/log.ts';
import { readSettings } from '#lib/settings/index.ts';
import { offsetMinutesAt } from '#lib/settings/time-zone.ts';
import { type NewEvent, onEvents } from '#lib/trail/record.ts';
import type { Running } from '../net/running.ts';
import { describeEvent } from './lines.ts';

const log = logOf('maillog');
const flushAfterMs = 100;
const maxWaiting = 10_000;
/** RFC 3164 §4.1.1: facility mail (2), severity info (6). */
const priority = 2 * 8 + 6;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type Waiting = { at: Date; event: NewEvent };

/** Starts following the events of this process. */
export async function startMaillog(): Promise<Running> {
  const writer = new Writer();
  const end = onEvents((events) => writer.add(events));
  return {
    stop: async () => {
      end();
      await writer.close();
    },
  };
}

class Writer {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private file: { path: string; handle: FileHandle; inode: number } | null = null;
  private socket: Socket | null = null;
  private isFailing = false;

  add(events: NewEvent[]): void {
    const at = now();
    for (const event of events) this.waiting.push({ at, event });
    if (this.waiting.length > maxWaiting) this.waiting.splice(0, this.waiting.length - maxWaiting);
    this.timer ??= setTimeout(() => this.flush(), flushAfterMs).unref();
  }

  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.flush();
    await this.writing;
    await this.file?.handle.close();
    this.socket?.close();
  }

  private flush(): void {
    this.timer = null;
    const events = this.waiting;
    this.waiting = [];
    if (events.length === 0) return;
    this.writing = this.writing
      .then(() => this.write(events))
      .then(() => {
        this.isFailing = false;
      })
      .catch((error) => {
        if (!this.isFailing) log.error({ err: error }, 'the mail log cannot be written');
        this.isFailing = true;
      });
  }

  private async write(events: Waiting[]): Promise<void> {
    const settings = await readSettings();
    const { 'log.file': path, 'log.syslog': server, 'log.name': name } = settings;
    const zone = settings['server.timeZone'];
    if (path === '' && server === '') return;
    const lines = events.flatMap(({ at, event }) =>
      describeEvent(event, name).map(({ program, text }) => formatLine(at, program, text, zone)),
    );
    if (lines.length === 0) return;
    if (path !== '') {
      // O_APPEND: the web process writes to the same file.
      const handle = await this.openFile(path);
      await handle.appendFile(`${lines.join('\n')}\n`);
    }
    if (server !== '') this.send(server, lines);
  }

  private async openFile(path: string): Promise<FileHandle> {
    const current = await stat(path).catch(() => null);
    const known = this.file;
    if (known && known.path === path && current?.ino === known.inode) return known.handle;
    this.file = null;
    await known?.handle.close();
    const handle = await open(path, 'a', 0o640);
    this.file = { path, handle, inode: (await handle.stat()).ino };
    return handle;
  }

  private send(server: string, lines: string[]): void {
    const [, v6, name, port = '514'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
    const host = v6 ?? name ?? '';
    if (!this.socket) {
      this.socket = createSocket(v6 ? 'udp6' : 'udp4').unref();
      this.socket.on('error', (error) => log.debug({ err: error }, 'syslog'));
    }
    for (const line of lines) {
      this.socket.send(
        `<${priority}>${line}`,
        Number(port),
        host.replace(/^\[|\]$/g, ''),
        () => {},
      );
    }
  }
}

/** "Nov  1 07:08:02 mail postfix/smtpd[42]: text", in the time of the service (RFC 3164 §4.1.2: local time). */
export function formatLine(at: Date, program: string, text: string, zone = ''): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const local = new Date(at.getTime() + offsetMinutesAt(at, zone) * 60_000);
  const day = String(local.getUTCDate()).padStart(2, ' ');
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
  const clock = time.map(two).join(':');
  const host = hostname().split('.')[0] || 'localhost';
  return `${months[local.getUTCMonth()]} ${day} ${clock} ${host} ${program}[${process.pid}]: ${text}`;
}
