/** The menu of a message: what the app can do with it. */

import { type FocusEvent, type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { messageShortcut } from "./api";
import { useDirectory } from "./directory";
import { Icon } from "./icons";
import { t } from "./frame";
import type { Message } from "./types";

export function MessageMenu({ message }: { message: Message }): ReactNode {
  const { me, messageShortcuts } = useDirectory();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  if (messageShortcuts.length === 0) return null;

  function choose(callback_id: string): void {
    setOpen(false);
    opener.current?.focus();
    void messageShortcut(me.id, message.channel, message.ts, callback_id);
  }

  function left(event: FocusEvent<HTMLDivElement>): void {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  }

  function typed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    setOpen(false);
    opener.current?.focus();
  }

  return (
    <div className="message-menu" onBlur={left} onKeyDown={typed}>
      <button
        type="button"
        ref={opener}
        aria-label={t("Shortcuts")}
        title={t("Shortcuts")}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <ul role="menu" aria-label={t("Shortcuts")}>
          {messageShortcuts.map((one) => (
            <li key={one.callback_id} role="none">
              <button type="button" role="menuitem" onClick={() => choose(one.callback_id)}>
                {one.name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
