// CSS of a message: parsed, known properties written anew, everything else gone. No rule can load anything
// unless remote images were asked for, leave its box, or cover what lies around it.
import {
  type Atrule,
  type CssNode,
  type Declaration,
  generate,
  type List,
  type ListItem,
  parse,
  walk,
} from 'css-tree';

export type CssRules = {
  /** What a url() becomes; null drops the declaration */
  replaceUrl: (url: string) => string | null;
  /** Which of its own colour schemes the message is shown in */
  isDark?: boolean;
  /** The message has a dark scheme of its own */
  onDarkScheme?: () => void;
};

const maxCss = 400_000;
const allowedProperties = new Set(
  (
    'azimuth background background-color background-image background-position background-repeat background-size ' +
    'border border-bottom border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style ' +
    'border-bottom-width border-collapse border-color border-left border-left-color border-left-style border-left-width ' +
    'border-radius border-right border-right-color border-right-style border-right-width border-spacing border-style ' +
    'border-top border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width ' +
    'border-width box-shadow box-sizing caption-side clear color color-scheme direction display empty-cells flex ' +
    'flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-family font-size font-style ' +
    'font-variant font-weight gap height hyphens justify-content align-items align-content align-self letter-spacing ' +
    'line-height list-style list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top ' +
    'max-height max-width min-height min-width mso-hide mso-line-height-rule object-fit opacity outline overflow ' +
    'overflow-wrap overflow-x overflow-y padding padding-bottom padding-left padding-right padding-top ' +
    'page-break-after page-break-before page-break-inside quotes table-layout text-align text-decoration ' +
    'text-decoration-color text-decoration-line text-decoration-style text-indent text-overflow text-shadow ' +
    'text-transform unicode-bidi vertical-align visibility white-space widows width word-break word-spacing word-wrap'
  ).split(' '),
);
const allowedFunctions = new Set(
  'rgb rgba hsl hsla hwb lab lch oklab oklch calc min max clamp linear-gradient radial-gradient repeating-linear-gradient url'.split(
    ' ',
  ),
);
const allowedAtRules = new Set(['media', 'supports']);

/** Declarations of a style attribute; '' where nothing is left. Never throws. */
export function cleanStyleAttribute(css: string, rules: CssRules): string {
  if (css.length > 20_000) return '';
  try {
    const tree = parse(css, { context: 'declarationList', onParseError: () => {} });
    cleanTree(tree, rules);
    return escapeMarkup(generate(tree));
  } catch {
    return '';
  }
}

/** A stylesheet, with ids prefixed as the cleaner prefixes them. Never throws. */
export function cleanStylesheet(css: string, rules: CssRules, idPrefix: string): string {
  if (css.length > maxCss) return '';
  try {
    // Old mail hides its CSS in an HTML comment.
    const tree = parse(css.replace(/<!--|-->/g, ' '), { onParseError: () => {} });
    cleanTree(tree, rules);
    walk(tree, (node) => {
      if (node.type === 'IdSelector') node.name = idPrefix + node.name;
    });
    return escapeMarkup(generate(tree));
  } catch {
    return '';
  }
}

function cleanTree(tree: CssNode, rules: CssRules): void {
  walk(tree, {
    enter(node: CssNode, item: ListItem<CssNode>, list: List<CssNode>) {
      if (!list || !item) return;
      if (node.type === 'Raw' || node.type === 'Comment') list.remove(item);
      else if (node.type === 'Atrule') {
        if (!allowedAtRules.has(node.name.toLowerCase()) || !node.block) list.remove(item);
        else chooseScheme(node, rules);
      } else if (node.type === 'Rule') {
        if (node.prelude.type === 'Raw' || isProbing(node.prelude)) list.remove(item);
      } else if (node.type === 'Declaration' && !cleanDeclaration(node, rules)) list.remove(item);
    },
  });
}

const schemeProperties = /^(?:color|background(?:-color)?|border(?:-[a-z]+)*|outline|box-shadow)$/;

/**
 * The reader says which scheme counts, not the system around the frame: the condition is answered here. Such rules
 * change colours alone, so that no word is there for the one scheme only.
 */
function chooseScheme(node: Atrule, rules: CssRules): void {
  if (!node.prelude || !node.block) return;
  let isFound = false;
  walk(node.prelude, (part) => {
    if (part.type !== 'Feature' || part.name.toLowerCase() !== 'prefers-color-scheme') return;
    const wanted = part.value?.type === 'Identifier' ? part.value.name.toLowerCase() : '';
    if (wanted === 'dark') rules.onDarkScheme?.();
    isFound = true;
    part.name = (wanted === 'dark') === (rules.isDark === true) ? 'min-width' : 'max-width';
    part.value = { type: 'Dimension', value: '0', unit: 'px' };
  });
  if (!isFound) return;
  walk(node.block, (part, item, list) => {
    if (part.type !== 'Declaration' || !list) return;
    if (!schemeProperties.test(part.property.toLowerCase())) list.remove(item);
  });
}

/** Selectors that tell what surrounds the message, was visited or is typed; generated content with them. */
function isProbing(prelude: CssNode): boolean {
  let isFound = false;
  walk(prelude, (node) => {
    if (node.type === 'PseudoElementSelector') isFound = true;
    if (node.type === 'PseudoClassSelector' && /^(?:has|target|visited|host)/i.test(node.name)) {
      isFound = true;
    }
  });
  return isFound;
}

function cleanDeclaration(node: Declaration, rules: CssRules): boolean {
  const property = node.property.toLowerCase();
  if (!allowedProperties.has(property)) return false;
  if (node.value.type === 'Raw') return false;
  let isKept = true;
  walk(node.value, (part) => {
    if (part.type === 'Function' && !allowedFunctions.has(part.name.toLowerCase())) isKept = false;
    if (part.type === 'Raw') isKept = false;
    if (part.type === 'String' && /[<>]/.test(part.value)) isKept = false;
    if (part.type === 'Url') {
      const replaced = property.startsWith('background') ? rules.replaceUrl(part.value) : null;
      if (replaced === null) isKept = false;
      else part.value = replaced;
    }
  });
  // A negative margin or indent is how a message pulls itself over what it must not cover.
  if (/^(?:margin|text-indent)/.test(property) && /-\s*[\d.]/.test(generate(node.value)))
    return false;
  node.property = property;
  return isKept;
}

/** Nothing in CSS needs these; inside <style> they could end the element. */
function escapeMarkup(css: string): string {
  return css.replace(/</g, '\\3c ').replace(/\u0000/g, '');
}
