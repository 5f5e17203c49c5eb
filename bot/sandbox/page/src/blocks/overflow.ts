/** What the library's overflow menu lacks: names and roles, the keyboard, and clicks that reach an option. */

import type { Element, Option } from "../types";
import { t } from "../frame";

const popupOf = (id: string) => document.getElementById(`overflow_menu_popup_${id}`);
const buttonOf = (id: string) => document.getElementById(`overflow_menu_button_${id}`);
const optionsOf = (id: string) => [...(popupOf(id)?.querySelectorAll<HTMLElement>("[tabindex]") ?? [])];

export type LinkedOption = Option & { url?: string };

/** The option that *target* lies in, or null where it lies in none. */
export function optionAt(id: string, element: Element, target: HTMLElement): LinkedOption | null {
  const index = optionsOf(id).findIndex((option) => option.contains(target));
  return index < 0 ? null : (element.options?.[index] ?? null);
}

function dress(id: string, element: Element): void {
  const popup = popupOf(id);
  const button = buttonOf(id);
  button?.setAttribute("aria-label", element.accessibility_label ?? t("More actions"));
  button?.setAttribute("aria-haspopup", "menu");
  button?.setAttribute("aria-expanded", String(popup !== null));
  popup?.setAttribute("role", "menu");
  for (const option of optionsOf(id)) option.setAttribute("role", "menuitem");
}

// The library closes its menus on any mousedown that reaches the document.
const closeAll = () => document.dispatchEvent(new MouseEvent("mousedown"));

function press(id: string, event: KeyboardEvent): void {
  const options = optionsOf(id);
  const at = options.indexOf(event.target as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (options.length === 0) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    closeAll();
    buttonOf(id)?.focus();
  } else if (step !== undefined) {
    event.preventDefault();
    options.at((at + step) % options.length)?.focus();
  } else if (at >= 0 && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    options[at]?.click();
    buttonOf(id)?.focus();
  }
}

/** Looks after the menus among *pressed* inside *root* until the returned function is called. */
export function listenAtMenus(root: HTMLElement, pressed: Map<string, Element>): () => void {
  const over = new AbortController();
  const { signal } = over;
  for (const [id, element] of pressed) {
    const menu = element.type === "overflow" ? document.getElementById(id) : null;
    if (menu === null || !root.contains(menu)) continue;
    const observer = new MutationObserver(() => dress(id, element));
    observer.observe(menu, { childList: true });
    signal.addEventListener("abort", () => observer.disconnect());
    dress(id, element);
    // Else it closes a menu before the click on its option arrives.
    menu.addEventListener("mousedown", (event) => event.stopPropagation(), { signal });
    menu.addEventListener("keydown", (event) => press(id, event), { signal });
    const left = (event: FocusEvent) => menu.contains(event.relatedTarget as Node | null) || closeAll();
    menu.addEventListener("focusout", left, { signal });
  }
  return () => over.abort();
}
