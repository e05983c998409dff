// The personal book as a file to keep.
import { type BookFormat, exportBook } from '#lib/contacts/export-book.ts';
import { readRoute } from '../../answer.ts';

const types: Record<BookFormat, { type: string; file: string }> = {
  vcard4: { type: 'text/vcard', file: 'contacts.vcf' },
  vcard3: { type: 'text/vcard', file: 'contacts.vcf' },
  csv: { type: 'text/csv', file: 'contacts.csv' },
};

/** GET ?format=vcard4|vcard3|csv&group=&id= */
export const GET = readRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const asked = query.get('format') ?? '';
  const format = asked in types ? (asked as BookFormat) : 'vcard4';
  const id = query.get('id');
  const text = await exportBook(account.id, format, {
    ids: id ? [id.slice(0, 64)] : undefined,
    groupId: query.get('group')?.slice(0, 64),
  });
  const { type, file } = types[format];
  return new Response(text, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${file}"`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  });
});
