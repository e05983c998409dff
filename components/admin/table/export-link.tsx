// What the filter of a list finds, as a file for spreadsheets.
import { FileDown } from 'lucide-react';
import { ButtonLink } from '#components/ui/button.tsx';

export function ExportLink({ href }: { href: string }) {
  return (
    <ButtonLink href={href} download="" icon={<FileDown className="size-4" />}>
      Export
    </ButtonLink>
  );
}
