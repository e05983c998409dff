// Styles that follow from figures. They are set by property when the element is there, never as an attribute: the
// policy of pages takes the effect of attributes that come from the server (proxy.ts). What is to look right before
// that has a class.

/** For `ref`: sets the styles, by their CSS names, each time the element is drawn. An empty text takes one away. */
export function styleRef(styles: Record<string, string>) {
  return (element: HTMLElement | null): void => {
    if (!element) return;
    for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
  };
}
