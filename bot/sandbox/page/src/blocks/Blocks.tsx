/** Block Kit. The library draws; a kind that it does not know leaves a visible placeholder, never a gap. */

import { Component, type ReactNode, useMemo } from "react";
import type { Block, Element, TextObject } from "../types";
import { DRAWN, isOutside, isPressable } from "./adapt";
import { Chart } from "./Chart";
import { Pressable, Words } from "./Drawn";
import { Picker } from "./Picker";
import { PlainText } from "./plain";
import { Table } from "./Table";

/** Draws input blocks; only a form knows how. */
export type DrawInput = (block: Block, blockId: string) => ReactNode;

interface DrawnProps {
  block: Block;
  blockId: string;
  input?: DrawInput;
}

/**
 * Every element by itself, under its own key: the library knows them by their places, and when a card changed
 * the focus of one button would be found on another. Its controls keep what is picked to themselves: ours.
 */
function Row({ block, blockId }: DrawnProps): ReactNode {
  return (
    <div className="elements">
      {block.elements.map((element: Element, index: number) =>
        isPressable(element) ? (
          <Pressable
            key={element.action_id ?? index}
            block={{ ...block, elements: [element] }}
            blockId={blockId}
          />
        ) : (
          <Picker key={element.action_id ?? index} element={element} blockId={blockId} />
        ),
      )}
    </div>
  );
}

function WithAccessory({ block, blockId }: DrawnProps): ReactNode {
  const { accessory, ...section } = block;
  return (
    <div className="with-accessory">
      <Words block={section} />
      {accessory.type === "image" ? (
        <span className="picture-words">{accessory.alt_text ?? "picture"}</span>
      ) : (
        <Picker element={accessory} blockId={blockId} />
      )}
    </div>
  );
}

function Drawn({ block, blockId, input }: DrawnProps): ReactNode {
  const { type, accessory } = block;
  if (type === "input" && input) return input(block, blockId);
  if (type === "data_visualization") return <Chart block={block} />;
  if (type === "table") return <Table block={block} />;
  if (!DRAWN.has(type)) return <Undrawn type={type} />;
  if (type === "actions" || type === "context_actions") return <Row block={block} blockId={blockId} />;
  if (!accessory) return <Words block={block} />;
  const drawn = isPressable(accessory) || (accessory.type === "image" && !isOutside(accessory));
  const Part = drawn ? Pressable : WithAccessory;
  return <Part block={block} blockId={blockId} />;
}

const Undrawn = ({ type }: { type: string }) => (
  <div className="unknown-block">
    A block of type <code>{type}</code>, which this page cannot draw
  </div>
);

/** Keeps a malformed block from taking the page with it; a changed block is tried again. */
class Piece extends Component<{ block: Block; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError = () => ({ failed: true });

  override componentDidUpdate(before: { block: Block }): void {
    if (this.state.failed && before.block !== this.props.block) this.setState({ failed: false });
  }

  override render(): ReactNode {
    return this.state.failed ? <Undrawn type={this.props.block.type} /> : this.props.children;
  }
}

export function Blocks({ blocks, input }: { blocks: Block[]; input?: DrawInput }): ReactNode {
  return (
    <div className="blocks">
      {blocks.map((block, index) => {
        const blockId = block.block_id ?? `block-${index}`;
        return (
          <Piece key={blockId} block={block}>
            <Drawn block={block} blockId={blockId} input={input} />
          </Piece>
        );
      })}
    </div>
  );
}

/** Text in Slack's own format, outside blocks. */
export function Mrkdwn({ text, edited = false }: { text: string; edited?: boolean }): ReactNode {
  const block = useMemo(
    () => ({ type: "section", text: { type: "mrkdwn", text }, edited }),
    [text, edited],
  );
  return <Words block={block} />;
}

export function Text({ of }: { of: TextObject | null | undefined }): ReactNode {
  if (!of) return null;
  return of.type === "mrkdwn" ? <Mrkdwn text={of.text} /> : <PlainText text={of.text} />;
}
