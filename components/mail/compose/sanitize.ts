// Cleaning HTML for the editor, which stands in our own page: DOMPurify right before, into nodes and never into a string
// (so it works under Trusted Types too), and then an allow-list of CSS, because a fixed position or a negative margin could
// cover the page around the editor. The page's policy takes the effect of every style attribute that is parsed; what the
// allow-list leaves is given back by property.
import createPurify from 'dompurify';

const purify = createPurify(window);

const styles =
  /^(?:color|background-color|line-height|letter-spacing|vertical-align|direction|unicode-bidi|white-space|width|height|max-width|text-(?:align|transform)|(?:font|text-decoration|list-style|border|padding|margin)(?:-[a-z-]+)?)$/;

purify.addHook('afterSanitizeAttributes', (node) => {
  if (node instanceof Element && node.hasAttribute('style')) cleanStyle(node);
  const name = node.getAttribute('class');
  if (name !== null && name !== 'drey-signature') node.removeAttribute('class');
});

/** Reads CSS without being part of a page. */
const reader = document.createElement('i').style;

function cleanStyle(node: Element): void {
  reader.cssText = node.getAttribute('style') ?? '';
  const kept: string[] = [];
  for (const property of [...reader]) {
    const value = reader.getPropertyValue(property);
    const isSafe = styles.test(property) && !/url\(|expression|-\s*[\d.]|fixed|sticky/i.test(value);
    if (isSafe) kept.push(`${property}:${value}`);
  }
  node.removeAttribute('style');
  if (kept.length > 0 && node instanceof HTMLElement) node.style.cssText = kept.join(';');
}

const config = {
  USE_PROFILES: { html: true },
  RETURN_DOM_FRAGMENT: true as const,
  FORBID_TAGS: [
    ...['style', 'form', 'input', 'button', 'select', 'textarea', 'option', 'dialog', 'template'],
    ...['video', 'audio', 'source', 'track', 'picture', 'map', 'area', 'slot', 'meter', 'progress'],
  ],
  FORBID_ATTR: [
    ...['id', 'name', 'srcset', 'background', 'poster', 'contenteditable', 'popover', 'tabindex'],
    ...['accesskey', 'autofocus', 'hidden', 'inert', 'draggable', 'usemap', 'target', 'loading'],
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** Hostile HTML as nodes that may stand in the editor. */
export function cleanForEditor(html: string): DocumentFragment {
  return document.importNode(purify.sanitize(html, config), true);
}

/** The editor's own HTML again, with the marks it keeps the selection by (undo). */
export function cleanOwn(html: string): DocumentFragment {
  const own = {
    ...config,
    FORBID_TAGS: config.FORBID_TAGS.filter((tag) => tag !== 'input'),
    FORBID_ATTR: config.FORBID_ATTR.filter((name) => name !== 'id'),
  };
  return document.importNode(purify.sanitize(html, own), true);
}
