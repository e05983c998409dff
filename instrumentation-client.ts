// Runs in the browser before anything else of ours, on every page, those of errors too.
//
// Trusted Types (the page's Content-Security-Policy asks for them, proxy.ts): text becomes markup or code nowhere in a
// page of ours. What is let through: our own built scripts, and the empty element that React makes where it draws a
// script. The editor's cleaner has a policy of its own ("dompurify").

type Policies = {
  createPolicy(
    name: string,
    rules: Record<'createHTML' | 'createScriptURL', (text: string) => string | null>,
  ): unknown;
};
const own = /^\/(?:_next\/static\/|notices-worker\.js$)/;

(window as { trustedTypes?: Policies }).trustedTypes?.createPolicy('default', {
  createHTML: (text) => (text === '<script></script>' ? text : null),
  createScriptURL: (text) => {
    const url = new URL(text, document.baseURI);
    // As it was written: loaders look their scripts up by it.
    return url.origin === location.origin && own.test(url.pathname) ? text : null;
  },
});
