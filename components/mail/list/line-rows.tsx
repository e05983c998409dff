// The rows of a wide list, each one line of columns.
'use client';
import type { ComponentProps } from 'react';
import { LineContent } from './line-content.tsx';
import { VirtualRows } from './virtual-rows.tsx';

export function LineRows(props: Omit<ComponentProps<typeof VirtualRows>, 'Content'>) {
  return <VirtualRows {...props} Content={LineContent} />;
}
