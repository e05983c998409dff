// What is done with groups and with several contacts at once.
'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useToast } from '#components/ui/toast.tsx';
import { deleteAt, errorText, getJson, patchJson } from '../state/request.ts';
import { contactsPath, hrefToWrite, type ListAnswer } from './contact-data.ts';

const groupsPath = `${contactsPath}/groups`;
/** An address line that a link can still carry. */
const maxWritten = 200;

export function useGroups(onChange: () => void) {
  const t = useTranslations('contacts');
  const toast = useToast();
  const router = useRouter();
  const run = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      toast.show({ text: done });
      onChange();
    } catch (error) {
      toast.show({ kind: 'error', text: errorText(error) });
    }
  };
  const writeWhere = async (parameters: Record<string, string>, ids?: ReadonlySet<string>) => {
    const addresses: string[] = [];
    for (let start = 0, total = 1; start < total && addresses.length < maxWritten; start += 200) {
      const answer = await getJson<ListAnswer>(contactsPath, { ...parameters, start, count: 200 });
      total = answer.total;
      for (const row of answer.rows) {
        if (row.addresses[0] && (!ids || ids.has(row.id))) addresses.push(row.addresses[0]);
      }
    }
    router.push(hrefToWrite(addresses.slice(0, maxWritten)));
  };
  return {
    put: (id: string, group: string, ids: string[]) =>
      run(
        () => patchJson(groupsPath, { id, add: ids }),
        t('done.grouped', { count: ids.length, group }),
      ),
    take: (id: string, group: string, ids: string[]) =>
      run(
        () => patchJson(groupsPath, { id, remove: ids }),
        t('done.ungrouped', { count: ids.length, group }),
      ),
    remove: (id: string, name: string) =>
      run(
        () => deleteAt(`${groupsPath}?id=${encodeURIComponent(id)}`),
        t('done.groupDeleted', { name }),
      ),
    /** Begins a message to a group. */
    write: (id: string) => writeWhere({ group: id }),
    /** Begins a message to contacts. */
    writeTo: (ids: string[]) => writeWhere({}, new Set(ids)),
  };
}
