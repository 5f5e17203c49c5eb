/** One block, drawn by slack-blocks-to-jsx; presses are ours, since the library tells nobody of a click. */

import { memo, type MouseEvent, type ReactNode, useId, useLayoutEffect, useMemo, useRef } from "react";
import { Message, type MessageProps } from "slack-blocks-to-jsx";
import { type Presses, pressKey, usePresses } from "../actions";
import { useDark } from "../theme";
import type { Block, Element } from "../types";
import { adapt } from "./adapt";
import { HOOKS } from "./hooks";
import { listenAtMenus, optionAt } from "./overflow";

type LibraryBlocks = MessageProps["blocks"];

// Parsing takes its time: not again at every letter that is typed into a form.
const Library = memo(function Library({ block }: { block: Block }): ReactNode {
  const theme = useDark() ? "dark" : "light";
  // The types of the library are narrower than what arrives; `Piece` catches what it cannot draw.
  const blocks = [block] as unknown as LibraryBlocks;
  return <Message withoutWrapper blocks={blocks} name="" logo="" theme={theme} hooks={HOOKS} />;
});

/** A block in which nothing can be pressed. */
export function Words({ block }: { block: Block }): ReactNode {
  return <Library block={useMemo(() => adapt(block, "").block, [block])} />;
}

export function Warning({ text }: { text: string | undefined }): ReactNode {
  return text ? (
    <span className="hidden-text" role="alert">
      {text}
    </span>
  ) : null;
}

const pressOf = (element: Element, blockId: string, value: unknown = element.value) => ({
  block_id: blockId,
  action_id: element.action_id ?? "",
  value: typeof value === "string" ? value : null,
});

/** Shows at the button what became of its press: the library knows no such state. */
function mark(button: HTMLElement, waiting: boolean, warning: string | undefined): void {
  button.setAttribute("aria-busy", String(waiting));
  button.setAttribute("aria-disabled", String(waiting));
  button.toggleAttribute("data-warning", warning !== undefined);
  if (warning === undefined) button.removeAttribute("title");
  else button.title = warning;
}

const warningOf = ({ busy, warning }: Presses, key: string) => (busy(key) ? undefined : warning(key));

export function Pressable({ block, blockId }: { block: Block; blockId: string }): ReactNode {
  const prefix = useId();
  const root = useRef<HTMLDivElement>(null);
  const presses = usePresses();
  const { block: drawable, pressed } = useMemo(() => adapt(block, prefix), [block, prefix]);
  const keys = [...pressed].map(([id, element]) => [id, pressKey(pressOf(element, blockId))] as const);

  useLayoutEffect(() => {
    for (const [id, key] of keys) {
      const button = document.getElementById(id);
      if (button) mark(button, presses.busy(key), warningOf(presses, key));
    }
  });
  useLayoutEffect(() => (root.current ? listenAtMenus(root.current, pressed) : undefined), [pressed]);

  // In the capture phase: nothing that the library does with a click comes before.
  const click = (event: MouseEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    const at = [...pressed].find(([id]) => document.getElementById(id)?.contains(target));
    if (at === undefined) return;
    const [id, element] = at;
    const option = element.type === "overflow" ? optionAt(id, element, target) : null;
    if (element.type === "overflow" && option === null) return;
    const what = pressOf(element, blockId, option ? option.value : element.value);
    if (!presses.busy(pressKey(what))) {
      presses.send({ ...what, confirm: element.confirm, url: option?.url ?? element.url });
    }
  };
  return (
    <div ref={root} onClickCapture={click}>
      <Library block={drawable} />
      {keys.map(([id, key]) => (
        <Warning key={id} text={warningOf(presses, key)} />
      ))}
    </div>
  );
}
