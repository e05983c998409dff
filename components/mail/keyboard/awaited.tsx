// What stands in the page for a dialog or a composer that was asked for and is still on its way. The keys behind the one
// that asked mean it: where they are faster they are lost, and no commands to the list (use-shortcuts.ts).

/** For `loading` of dynamic(). */
export function Awaited() {
  return <span hidden data-awaited />;
}
