'use client';
import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { useEffect, useState, useTransition } from 'react';
import { FactorForm } from '../login/factor-form.tsx';
import { type SignInError, showPasskey } from '../sign-in.ts';
import { proveAction } from './actions.ts';

export function ProveForm({ target }: { target: string }) {
  const [error, setError] = useState<SignInError | null>(null);
  const [isPending, start] = useTransition();
  const [mayUsePasskey, setMayUsePasskey] = useState(false);
  useEffect(() => setMayUsePasskey(browserSupportsWebAuthn()), []);
  const prove = async (code: string, passkey = '') => {
    const refusal = await proveAction({ code, passkey });
    if (refusal === null) window.location.assign(target);
    else setError(refusal);
  };
  const proveByPasskey = async () => {
    const passkey = await showPasskey();
    if (passkey) await prove('', JSON.stringify(passkey));
    else setError('passkey');
  };
  return (
    <FactorForm
      error={error}
      isPending={isPending}
      mayUsePasskey={mayUsePasskey}
      onCode={(code) => start(() => prove(code))}
      onPasskey={() => start(proveByPasskey)}
      onBack={() => window.history.back()}
    />
  );
}
