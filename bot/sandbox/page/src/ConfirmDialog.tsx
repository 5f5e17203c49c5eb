/** "Are you sure?", as the button's own confirm object words it. */

import { type ReactNode, useId } from "react";
import { Text } from "./blocks/Blocks";
import { CloseButton, Dialog } from "./Dialog";
import type { Confirm } from "./types";

interface Props {
  confirm: Confirm;
  onConfirm: () => void;
  onDeny: () => void;
}

export function ConfirmDialog({ confirm, onConfirm, onDeny }: Props): ReactNode {
  const id = useId();
  const danger = confirm.style === "danger";
  return (
    <Dialog labelledBy={id} className="dialog confirm" onClose={onDeny}>
      <header>
        <h2 id={id}>
          <Text of={confirm.title ?? { type: "plain_text", text: "Are you sure?" }} />
        </h2>
        <CloseButton label="Close" onClick={onDeny} />
      </header>
      <div className="dialog-body">
        <Text of={confirm.text} />
      </div>
      <footer>
        <button type="button" className="button large" onClick={onDeny}>
          {confirm.deny?.text ?? "Cancel"}
        </button>
        <button
          type="button"
          className={`button large ${danger ? "danger-filled" : "primary"}`}
          onClick={onConfirm}
          data-autofocus
        >
          {confirm.confirm?.text ?? "Yes"}
        </button>
      </footer>
    </Dialog>
  );
}
