// Copies a text, and says so.
'use client';
import { Copy } from 'lucide-react';
import { IconButton } from './icon-button.tsx';
import { useToast } from './toast.tsx';

/** Browsers give the clipboard only to pages that came over TLS, or from this machine. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast.show({ text: 'Copied' });
    } catch {
      toast.show({ text: 'Not copied: select the text and copy it yourself', kind: 'error' });
    }
  };
  return <IconButton size="sm" icon={<Copy />} label={label} onClick={copy} />;
}
