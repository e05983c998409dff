// The library that writes certificates and requests for them.

/**
 * Loads the library only when a certificate is made: it is big. Its dependency container wants the
 * decorator metadata functions on Reflect; nothing we use reads what they would keep.
 */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  const reflect = Reflect as unknown as Record<string, unknown>;
  reflect.getMetadata ??= () => undefined;
  reflect.getOwnMetadata ??= () => undefined;
  reflect.defineMetadata ??= () => undefined;
  return import('@peculiar/x509');
}
