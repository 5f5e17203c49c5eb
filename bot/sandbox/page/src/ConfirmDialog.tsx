/** "Are you sure?", as the button's own confirm object words it. */

import { type ReactNode, useId } from "react";
import { Text } from "./blocks/Blocks";
import { CloseButton, Dialog } from "./Dialog";
import type { Confirm } from "./types";
import { t } from "./frame";

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
          <Text of={confirm.title ?? { type: "plain_text", text: t("Are you sure?") }} />
        </h2>
        <CloseButton label={t("Close")} onClick={onDeny} />
      </header>
      <div className="dialog-body">
        <Text of={confirm.text} />
      </div>
      <footer>
        <button type="button" className="button large" onClick={onDeny}>
          {confirm.deny?.text ?? t("Cancel")}
        </button>
        <button
          type="button"
          className={`button large ${danger ? "danger-filled" : "primary"}`}
          onClick={onConfirm}
          data-autofocus
        >
          {confirm.confirm?.text ?? t("Yes")}
        </button>
      </footer>
    </Dialog>
  );
}
