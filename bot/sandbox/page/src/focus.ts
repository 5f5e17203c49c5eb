/** Where the focus goes when what had it is gone: never nowhere, where the keyboard begins anew at the top. */

/** What is at hand in every place: who you are, or on a phone what leads there; a message box, a Home tab. */
export const FRAME = [".person-button", ".sidebar-button"];
const PLACE = [".composer textarea", ".home-scroll"];

const isLost = () => document.activeElement === null || document.activeElement === document.body;

/** Gives the focus to *before*, else to the first of *others* that can be seen; never takes it from anybody. */
export function giveBack(before: Element | null, others: string[] = PLACE): void {
  if (!isLost()) return;
  if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus();
  for (const one of others) {
    if (isLost()) document.querySelector<HTMLElement>(one)?.focus();
  }
}
