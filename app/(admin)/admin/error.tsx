// A page of the panel that failed: the menu stays.
'use client';
import { PageError } from '#components/ui/page-error.tsx';

export default PageError;
