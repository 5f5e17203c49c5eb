/** The sidebar as a drawer, where it has no room beside: the keyboard goes into it, and comes back. */

import { type RefObject, useEffect, useRef } from "react";

const WIDE = "(min-width: 721px)"; // from there on it stands beside, as the styles have it

/** Returns the ref of what holds the sidebar; what lies behind an open drawer cannot be reached. */
export function useDrawer(isOpen: boolean, close: () => void): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const frame = ref.current;
    const sidebar = frame?.querySelector(".sidebar");
    if (!isOpen || !frame || !sidebar) return undefined;
    const behind = [...frame.children].filter(
      (one) => one !== sidebar && !one.classList.contains("scrim"),
    );
    for (const one of behind) one.setAttribute("inert", "");
    sidebar.querySelector<HTMLElement>("button, a")?.focus();
    const wide = window.matchMedia(WIDE);
    wide.addEventListener("change", close);
    return () => {
      wide.removeEventListener("change", close);
      for (const one of behind) one.removeAttribute("inert");
      // Not what had it before: where another place is looked at now, that is gone.
      frame.querySelector<HTMLElement>(".sidebar-button")?.focus();
    };
  }, [isOpen]);

  return ref;
}
