/** The rich_text block: sections, lists, quotes and preformatted text, nested as Slack nests them. */

import { Fragment, type ReactNode } from "react";
import { drawDate } from "../time";
import type { Block, Json } from "../types";
import { ChannelMention, Emoji, GroupMention, Link, PersonMention } from "./mrkdwn";

function styled(node: ReactNode, style: Json | undefined): ReactNode {
  let result = node;
  if (style?.code) result = <code>{result}</code>;
  if (style?.bold) result = <strong>{result}</strong>;
  if (style?.italic) result = <em>{result}</em>;
  if (style?.strike) result = <s>{result}</s>;
  return result;
}

function leaf(element: Json): ReactNode {
  switch (element.type) {
    case "text":
      return element.text;
    case "link":
      return <Link url={element.url}>{element.text ?? element.url}</Link>;
    case "emoji":
      return <Emoji name={element.name} />;
    case "user":
      return <PersonMention id={element.user_id} />;
    case "usergroup":
      return <GroupMention id={element.usergroup_id} />;
    case "channel":
      return <ChannelMention id={element.channel_id} />;
    case "broadcast":
      return <span className="mention me">@{element.range}</span>;
    case "date":
      return drawDate(element.timestamp, element.format, element.fallback ?? "");
    case "color":
      return <code>{element.value}</code>;
    default:
      return <span className="unknown-inline">[{element.type}]</span>;
  }
}

const leaves = (elements: Json[] = []) =>
  elements.map((element, index) => <Fragment key={index}>{styled(leaf(element), element.style)}</Fragment>);

function part(element: Json): ReactNode {
  switch (element.type) {
    case "rich_text_section":
      return <div className="rich-section">{leaves(element.elements)}</div>;
    case "rich_text_preformatted":
      return <pre>{leaves(element.elements)}</pre>;
    case "rich_text_quote":
      return <blockquote>{leaves(element.elements)}</blockquote>;
    case "rich_text_list":
      return <RichList of={element} />;
    default:
      return <div className="unknown-block">A part of type {element.type}</div>;
  }
}

function RichList({ of }: { of: Json }): ReactNode {
  const Tag = of.style === "ordered" ? "ol" : "ul";
  return (
    <Tag style={{ marginInlineStart: `${(of.indent ?? 0) * 24}px` }} start={(of.offset ?? 0) + 1}>
      {(of.elements ?? []).map((item: Json, index: number) => (
        <li key={index}>{part(item)}</li>
      ))}
    </Tag>
  );
}

export function RichText({ block }: { block: Block }): ReactNode {
  return (block.elements ?? []).map((element: Json, index: number) => (
    <Fragment key={index}>{part(element)}</Fragment>
  ));
}
