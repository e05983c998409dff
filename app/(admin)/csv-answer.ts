// A table of any length as a file for spreadsheets, written while it is read.
import { writeCsvLine } from '#lib/csv-cell.ts';

const bytesAtOnce = 64 * 1024;

/** `rows` are read as fast as the browser takes them. */
export function answerCsv<Row>(
  name: string,
  rows: AsyncGenerator<Row>,
  columns: Record<string, (row: Row) => string | number | boolean | Date | null>,
): Response {
  const encoder = new TextEncoder();
  let isBegun = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      // Excel takes a file for UTF-8 by these bytes alone.
      let text = isBegun ? '' : `\uFEFF${writeCsvLine(Object.keys(columns))}`;
      isBegun = true;
      while (text.length < bytesAtOnce) {
        const { value, done } = await rows.next();
        if (done) {
          controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += writeCsvLine(Object.values(columns).map((read) => write(read(value))));
      }
      controller.enqueue(encoder.encode(text));
    },
    cancel: async () => {
      await rows.return(undefined);
    },
  });
  const day = new Date().toISOString().slice(0, 10);
  return new Response(stream, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}-${day}.csv"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

function write(value: string | number | boolean | Date | null): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
