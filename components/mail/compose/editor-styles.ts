// The page's policy allows no style attributes, and Squire writes some (colours, fonts, the handles of images). In its box
// they are given their effect by property, as a script may; what strangers bring has been through sanitize.ts.

/** Watches `root`; returns how to stop. */
export function applyStyles(root: HTMLElement): () => void {
  const observer = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === 'attributes') applyTo(target);
      else for (const node of addedNodes) applyBelow(node);
    }
  });
  observer.observe(root, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['style'],
  });
  return () => observer.disconnect();
}

function applyBelow(node: Node): void {
  applyTo(node);
  if (node instanceof Element) for (const each of node.querySelectorAll('[style]')) applyTo(each);
}

/** Where the attribute says something that the element does not have. */
function applyTo(node: Node): void {
  if (!(node instanceof HTMLElement) || node.style.length > 0) return;
  const text = node.getAttribute('style');
  if (text) node.style.cssText = text;
}
