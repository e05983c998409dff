// An entry of a menu (menu.tsx).
import type { ReactNode } from 'react';

export type MenuItem =
  | 'separator'
  | {
      label: string;
      icon?: ReactNode;
      onSelect?: () => void;
      href?: string;
      shortcut?: string;
      isDanger?: boolean;
      isDisabled?: boolean;
      /** A check mark in front: one of several states. */
      isChecked?: boolean;
    };
