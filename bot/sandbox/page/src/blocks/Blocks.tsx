/** Block Kit as HTML. A kind that is not known here leaves a visible placeholder, never a gap. */

import { Component, type ReactNode } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import type { Block, Json } from "../types";
import { ActionElement } from "./Elements";
import { Mrkdwn, PlainText, Text } from "./mrkdwn";
import { Plan, TaskCard } from "./Plan";
import { RichText } from "./RichText";
import { Table } from "./Table";

/** Draws input blocks; only a form knows how. */
export type DrawInput = (block: Block, blockId: string) => ReactNode;

function Picture({ of, className }: { of: Json; className: string }): ReactNode {
  const url: string = of.image_url ?? of.slack_file?.url ?? "";
  const own = url.startsWith("data:") || url.startsWith("/") || url.startsWith(location.origin);
  if (own) return <img className={className} src={url} alt={of.alt_text ?? ""} />;
  // The sandbox asks nobody outside for anything: the words stand for the picture.
  return (
    <span className={`${className} picture-words`} title="The sandbox loads no pictures from outside">
      {of.alt_text ?? "picture"}
    </span>
  );
}

function Section({ block, blockId }: { block: Block; blockId: string }): ReactNode {
  return (
    <div className="block section">
      <div className="section-main">
        {block.text && (
          <div className="section-text">
            <Text of={block.text} />
          </div>
        )}
        {block.fields && (
          <div className="fields">
            {block.fields.map((field: any, index: number) => (
              <div className="field" key={index}>
                <Text of={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div className="accessory">
          {block.accessory.type === "image" ? (
            <Picture of={block.accessory} className="thumbnail" />
          ) : (
            <ActionElement element={block.accessory} blockId={blockId} />
          )}
        </div>
      )}
    </div>
  );
}

function Context({ block }: { block: Block }): ReactNode {
  return (
    <div className="block context">
      {(block.elements ?? []).map((element: any, index: number) =>
        element.type === "image" ? (
          <Picture key={index} of={element} className="context-image" />
        ) : (
          <span key={index}>
            <Text of={element} />
          </span>
        ),
      )}
    </div>
  );
}

function Alert({ block }: { block: Block }): ReactNode {
  return (
    <div className={`block alert ${block.level ?? ""}`} role="note">
      {block.title && (
        <strong>
          <Text of={block.title} />
        </strong>
      )}
      {typeof block.text === "string" ? <Mrkdwn text={block.text} /> : <Text of={block.text} />}
    </div>
  );
}

function Figure({ block }: { block: Block }): ReactNode {
  return (
    <figure className="block">
      {block.title && (
        <figcaption>
          <Text of={block.title} />
        </figcaption>
      )}
      <Picture of={block} className="image" />
    </figure>
  );
}

interface DrawnProps {
  block: Block;
  blockId: string;
  input?: DrawInput;
}

function Drawn({ block, blockId, input }: DrawnProps): ReactNode {
  switch (block.type) {
    case "header":
      return (
        <h3 className="block header">
          <PlainText text={block.text?.text ?? ""} />
        </h3>
      );
    case "section":
      return <Section block={block} blockId={blockId} />;
    case "context":
      return <Context block={block} />;
    case "divider":
      return <hr className="block" />;
    case "actions":
    case "context_actions":
      return (
        <div className="block actions">
          {(block.elements ?? []).map((element: any, index: number) => (
            <ActionElement key={element.action_id ?? index} element={element} blockId={blockId} />
          ))}
        </div>
      );
    case "image":
      return <Figure block={block} />;
    case "rich_text":
      return (
        <div className="block rich">
          <RichText block={block} />
        </div>
      );
    case "markdown":
      return (
        <div className="block markdown">
          <Markdown remarkPlugins={[remarkGfm]}>{block.text}</Markdown>
        </div>
      );
    case "table":
      return <Table block={block} />;
    case "plan":
      return <Plan block={block} />;
    case "task_card":
      return (
        <div className="plan">
          <TaskCard task={block} />
        </div>
      );
    case "alert":
      return <Alert block={block} />;
    case "input":
      if (input) return input(block, blockId);
  }
  return <Undrawn type={block.type} />;
}

const Undrawn = ({ type }: { type: string }) => (
  <div className="block unknown-block">
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
