/** Whether the system asks for dark colours, now and as it changes its mind. */

import { useSyncExternalStore } from "react";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function follow(changed: () => void): () => void {
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
}

export const useDark = () => useSyncExternalStore(follow, () => dark.matches);
