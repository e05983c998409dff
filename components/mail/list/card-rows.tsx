// The rows of a narrow list, each a card.
'use client';
import type { ComponentProps } from 'react';
import { CardContent } from './card-content.tsx';
import { VirtualRows } from './virtual-rows.tsx';

export function CardRows(props: Omit<ComponentProps<typeof VirtualRows>, 'Content'>) {
  return <VirtualRows {...props} Content={CardContent} />;
}
