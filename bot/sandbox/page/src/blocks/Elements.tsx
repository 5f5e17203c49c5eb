/** Interactive elements of messages and views: what is pressed or picked reaches Slipway at once. */

import { type ReactNode, useId, useState } from "react";
import { pressKey, usePresses } from "../actions";
import { Control, emptyValue, pickedValue } from "../fields";
import type { Element, FieldValue, Option } from "../types";
import { PlainText } from "./mrkdwn";

interface Props {
  element: Element;
  blockId: string;
}

export function Warning({ text }: { text: string | undefined }): ReactNode {
  if (!text) return null;
  return (
    <span className="press-warning" role="alert" title={text}>
      <span aria-hidden="true">⚠️</span>
      <span className="hidden-text">{text}</span>
    </span>
  );
}

function Button({ element, blockId }: Props): ReactNode {
  const { send, busy, warning } = usePresses();
  const what = {
    block_id: blockId,
    action_id: element.action_id ?? "",
    value: (element.value as string | undefined) ?? null,
  };
  const waiting = busy(pressKey(what));
  const shared = {
    className: `button ${element.style ?? ""}${waiting ? " busy" : ""}`,
    "aria-label": element.accessibility_label ?? undefined,
    onClick: () => waiting || send({ ...what, confirm: element.confirm }),
  };
  const face = (
    <>
      <span className="button-text">
        <PlainText text={element.text?.text ?? ""} />
      </span>
      {waiting && <span className="spinner" aria-hidden="true" />}
    </>
  );
  return (
    <span className="pressable">
      {element.url ? (
        <a {...shared} href={element.url} target="_blank" rel="noreferrer noopener">
          {face}
        </a>
      ) : (
        <button type="button" {...shared} aria-disabled={waiting} aria-busy={waiting}>
          {face}
        </button>
      )}
      <Warning text={waiting ? undefined : warning(pressKey(what))} />
    </span>
  );
}

function Overflow({ element, blockId }: Props): ReactNode {
  const { send } = usePresses();
  const [open, setOpen] = useState(false);
  const id = useId();
  const pick = (option: Option) => {
    setOpen(false);
    send({
      block_id: blockId,
      action_id: element.action_id ?? "",
      value: option.value,
      confirm: element.confirm,
    });
  };
  return (
    <span
      className="overflow"
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setOpen(false)}
      onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
    >
      <button
        type="button"
        className="button square"
        aria-label={element.accessibility_label ?? "More actions"}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        ⋯
      </button>
      {open && (
        <span className="menu" id={id}>
          {(element.options ?? []).map((option: Option) => (
            <button type="button" key={option.value} onClick={() => pick(option)}>
              <PlainText text={option.text.text} />
            </button>
          ))}
        </span>
      )}
    </span>
  );
}

/** Any other control: its value goes out as soon as it changes. */
function Picker({ element, blockId }: Props): ReactNode {
  const { send, warning } = usePresses();
  const [value, setValue] = useState<FieldValue>(() => emptyValue(element));
  const change = (next: FieldValue) => {
    setValue(next);
    const what = {
      block_id: blockId,
      action_id: element.action_id ?? "",
      value: pickedValue(next),
    };
    send({ ...what, confirm: element.confirm });
  };
  const failed = warning(
    pressKey({ block_id: blockId, action_id: element.action_id ?? "", value: pickedValue(value) }),
  );
  const label = element.accessibility_label ?? element.placeholder?.text ?? "Choose";
  return (
    <span className="pressable picker">
      <Control element={element} value={value} onChange={change} label={label} />
      <Warning text={failed} />
    </span>
  );
}

export function ActionElement({ element, blockId }: Props): ReactNode {
  if (element.type === "button" || element.type === "workflow_button") {
    return <Button element={element} blockId={blockId} />;
  }
  if (element.type === "overflow") return <Overflow element={element} blockId={blockId} />;
  return <Picker element={element} blockId={blockId} />;
}
