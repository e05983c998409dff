// Writing comes with the first wish to write, or a moment before it.
import { loadWithTexts } from '../more-texts.tsx';

export const loadComposer = loadWithTexts(['compose'], () =>
  import('./composer-dock.tsx').then((file) => file.ComposerDock),
);
const loadWindows = loadWithTexts(['compose'], () =>
  import('./composer-windows.tsx').then((file) => file.ComposerWindows),
);

/** Loads what the first message needs. */
export function prepareToWrite(): void {
  // What fails here is tried again with the wish itself.
  void loadComposer().catch(() => {});
  void loadWindows().catch(() => {});
}
