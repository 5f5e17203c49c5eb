/** A modal dialog on the browser's own `<dialog>`: focus stays inside, Escape closes. */

import { type ReactNode, useEffect, useRef } from "react";
import { giveBack } from "./focus";

// Where the focus begins: what asks for it, else the first field.
const FIRST = "[data-autofocus], .dialog-body :is(input, select, textarea)";

interface Props {
  labelledBy: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ labelledBy, className, onClose, children }: Props): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      dialog?.close();
      giveBack(before);
    };
  }, []);

  return (
    <dialog
      ref={ref}
      className={className}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        // Whoever opened the dialog says when it is gone: a form may have to tell Slipway first.
        event.preventDefault();
        onClose();
      }}
      onClose={(event) => {
        // Browsers close for good on a second Escape, whatever was answered to the first.
        if (event.target === event.currentTarget && !event.currentTarget.open) onClose();
      }}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      {children}
    </dialog>
  );
}

export function CloseButton({ label, onClick }: { label: string; onClick: () => void }): ReactNode {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onClick}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path d="M5 5l10 10M15 5L5 15" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
      </svg>
    </button>
  );
}
