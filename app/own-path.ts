// Addresses to go to after signing in come from the address bar, so they are hostile.

/** Whether `path` stays on this server: "/mail", never "//elsewhere" or "/\\elsewhere". */
export function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[^\s\\]*$/.test(path) && path.length <= 2000;
}
