/** A form control outside a form: what is picked reaches Slipway at once. */

import { type ReactNode, useState } from "react";
import { pressKey, usePresses } from "../actions";
import { Control, emptyValue, pickedValue } from "../fields";
import type { Element, FieldValue } from "../types";
import { Warning } from "./Drawn";
import { t } from "../frame";

export function Picker({ element, blockId }: { element: Element; blockId: string }): ReactNode {
  const { send, warning } = usePresses();
  const [value, setValue] = useState<FieldValue>(() => emptyValue(element));
  const what = (of: FieldValue) => ({
    block_id: blockId,
    action_id: element.action_id ?? "",
    value: pickedValue(of),
  });
  const change = (next: FieldValue) => {
    setValue(next);
    send({ ...what(next), confirm: element.confirm });
  };
  const failed = warning(pressKey(what(value)));
  const label = element.accessibility_label ?? element.placeholder?.text ?? t("Choose");
  return (
    <span className="picker" data-warning={failed && ""} title={failed}>
      <Control element={element} value={value} onChange={change} label={label} />
      <Warning text={failed} />
    </span>
  );
}
