// Trusted Types (the page's Content-Security-Policy asks for them): text becomes markup or code nowhere in a page of ours.
// What is let through: our own built scripts, and the empty element that React makes where it draws a script. The editor's
// cleaner has a policy of its own ("dompurify").
if (window.trustedTypes?.createPolicy) {
  const own = /^\/(?:_next\/static\/|notices-worker\.js$)/;
  window.trustedTypes.createPolicy('default', {
    createHTML: (text) => (text === '<script></script>' ? text : null),
    createScriptURL: (text) => {
      const url = new URL(text, document.baseURI);
      // As it was written: loaders look their scripts up by it.
      return url.origin === location.origin && own.test(url.pathname) ? text : null;
    },
  });
}
