// The whole configuration as a file, without what passwords are compared with: those leave by the command line alone.
import { exportConfiguration } from '#lib/configuration/export.ts';
import { requireAdmin } from '../../../../session.ts';

export async function GET(): Promise<Response> {
  await requireAdmin();
  const day = new Date().toISOString().slice(0, 10);
  return new Response(await exportConfiguration(), {
    headers: {
      'content-type': 'application/yaml; charset=utf-8',
      'content-disposition': `attachment; filename="drey-${day}.yaml"`,
      'cache-control': 'no-store',
    },
  });
}
