// What every modal dialog on the native element does: focus goes in and comes back, Escape and a click beside it close it.
'use client';
import { type RefObject, type SyntheticEvent, useLayoutEffect, useRef } from 'react';

const firstControl =
  'input:not([type=hidden], :disabled), select, textarea, [data-dialog-footer] button';

type Listen = (event: SyntheticEvent<HTMLDialogElement>) => void;
type ModalProps = {
  ref: RefObject<HTMLDialogElement | null>;
  onCancel: Listen;
  onClose: Listen;
  onClick: Listen;
};

/** The properties of a <dialog> that is shown while `isOpen`, or as long as it is drawn. */
export function useModal(isOpen: boolean, onClose: () => void): ModalProps {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!isOpen || !dialog) return;
    dialog.showModal();
    // The browser would begin with the close button; a person begins with the first field.
    dialog.querySelector<HTMLElement>(firstControl)?.focus();
    // Before it is taken out of the page: one that has gone gives no focus back.
    return () => dialog.close();
  }, [isOpen]);
  // Events come up from inside too: of a dialog in the dialog, of a field for files.
  const isOwn = (event: SyntheticEvent) => event.target === event.currentTarget;
  const close: Listen = (event) => {
    if (isOwn(event)) onClose();
  };
  // The event of having closed comes late, behind the next keys, which would go to a dialog nobody sees: Escape closes by
  // "cancel" already, and this is for ways without it. By then it may be open again.
  const follow: Listen = (event) => {
    if (isOwn(event) && isOpen && !event.currentTarget.open) onClose();
  };
  return { ref, onCancel: close, onClose: follow, onClick: close };
}
