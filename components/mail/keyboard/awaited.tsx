// Dialogs and composers that are loaded when they are asked for. The keys behind the one that asked mean what is on its way:
// where they are faster they are lost, and no commands to the list (use-shortcuts.ts). Escape leads out.
'use client';
import { useTranslations } from 'next-intl';
import { type ComponentType, createElement, useEffect, useRef, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';

type Closing = { onClose: () => void };

/** A component that is drawn once `load` has brought it. Where that fails it is told and closed, and may be asked for again. */
export function awaitPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props & Closing> {
  let Part: ComponentType<Props> | null = null;
  return function AwaitedPart(props: Props & Closing) {
    const t = useTranslations('mail');
    const toast = useToast();
    const [isHere, setIsHere] = useState(Part !== null);
    const latest = useRef({ toast, text: t('notLoaded'), onClose: props.onClose });
    latest.current = { toast, text: t('notLoaded'), onClose: props.onClose };
    useEffect(() => {
      let isWanted = true;
      load().then(
        (loaded) => {
          Part = loaded;
          if (isWanted) setIsHere(true);
        },
        () => {
          if (!isWanted) return;
          const { toast, text, onClose } = latest.current;
          toast.show({ kind: 'error', text });
          onClose();
        },
      );
      return () => {
        isWanted = false;
      };
    }, []);
    return isHere && Part ? createElement(Part, props) : <Awaited onClose={props.onClose} />;
  };
}

/** Stands in the page for what was asked for and is still on its way. */
export function Awaited({ onClose }: Closing) {
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  return <span hidden data-awaited />;
}
