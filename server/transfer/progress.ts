// How far a long job is, for people: a bar that is drawn over itself on a terminal, now and then a line elsewhere.
export type Progress = {
  messages: number;
  sizeBytes: number;
  totalMessages: number | null;
  totalBytes: number | null;
  folder: string;
};

export type ProgressLine = {
  update(progress: Progress): void;
  /** Clears the bar. */
  end(): void;
};

const drawEveryMs = 100;
const sayEveryMs = 10_000;
const barWidth = 20;
const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Draws on `stream`, which is a terminal or not. */
export function startProgressLine(stream: {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}): ProgressLine {
  const startedMs = performance.now();
  let shownMs = startedMs;
  let isDrawn = false;
  return {
    update: (progress) => {
      const nowMs = performance.now();
      if (nowMs - shownMs < (stream.isTTY ? drawEveryMs : sayEveryMs)) return;
      shownMs = nowMs;
      const line = formatProgress(progress, (nowMs - startedMs) / 1000);
      isDrawn = stream.isTTY === true;
      if (!isDrawn) stream.write(`${line}\n`);
      else stream.write(`\r${line.slice(0, (stream.columns ?? 80) - 1)}\u001b[K`);
    },
    end: () => {
      if (isDrawn) stream.write('\r\u001b[K');
    },
  };
}

/** One line: bar, messages, bytes, rate, time left, folder. */
export function formatProgress(progress: Progress, seconds: number): string {
  const { messages, sizeBytes, totalMessages, totalBytes, folder } = progress;
  const part =
    totalMessages !== null
      ? messages / Math.max(1, totalMessages)
      : totalBytes === null
        ? null
        : sizeBytes / Math.max(1, totalBytes);
  const done = part === null ? null : Math.min(1, part);
  const filled = Math.round((done ?? 0) * barWidth);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${String(Math.floor((done ?? 0) * 100)).padStart(3)} %`;
  const count = totalMessages === null ? `${messages}` : `${messages}/${totalMessages}`;
  const rate = Math.round(messages / Math.max(0.001, seconds));
  const isTold = done !== null && done > 0.01 && seconds > 1;
  const left = isTold ? formatSeconds((seconds / done) * (1 - done)) : '-';
  // A terminal obeys control characters; names of folders may hold them.
  const name = folder.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return [
    ...(done === null ? [] : [bar]),
    `${count} messages`,
    formatBytes(sizeBytes),
    `${rate}/s`,
    `${left} left`,
    name,
  ].join('  ');
}

/** "12 s", "3 min", "2 h 5 min" */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "4.2 MB" */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
