// Announcements: they can be unsaid, and their end can be taken back.
import {
  moveAnnouncementEnd,
  recordedAnnouncement,
  removeAnnouncement,
} from '#lib/accounts/announcement.ts';
import type { Revertible } from '../section.ts';

export const announcementKind: Revertible = {
  recorded: recordedAnnouncement,
  refuses: { removed: 'Its mail would go out once more: write a new one.' },
  add: async () => {
    throw new Error('announcements are written on their own page');
  },
  change: async (key, { until, isStopped }, by) => {
    const end = {
      until: typeof until === 'string' ? new Date(until) : (until as null | undefined),
      isStopped: isStopped as boolean | undefined,
    };
    await moveAnnouncementEnd(key, end, by);
  },
  remove: removeAnnouncement,
};
