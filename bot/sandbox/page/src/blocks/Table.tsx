/** A table as the library draws it, with what it lacks: its first row is its head, and the keyboard scrolls it. */

import { type ReactNode, useLayoutEffect, useRef } from "react";
import { t } from "../frame";
import type { Block } from "../types";
import { Words } from "./Drawn";

export function Table({ block }: { block: Block }): ReactNode {
  const root = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const box = root.current?.querySelector(".slack_blocks_to_jsx__table");
    if (!box) return;
    box.setAttribute("tabindex", "0"); // on a phone it is wider than its room
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", t("Table"));
    for (const cell of box.querySelectorAll("tr:first-child > td")) cell.setAttribute("role", "columnheader");
  }, [block]);

  return (
    <div ref={root}>
      <Words block={block} />
    </div>
  );
}
