/** A block as Slack has it, made into one that the library draws: what it misreads, drops or would fetch. */

import { drawDate } from "../time";
import type { Block, Element, Json, TextObject } from "../types";
import { emoji } from "./emoji";
import { slot, worded } from "./words";

/** What the library draws in messages and views; anything else it would drop without a word. */
export const DRAWN = new Set([
  "actions",
  "alert",
  "context",
  "context_actions",
  "divider",
  "header",
  "image",
  "markdown",
  "plan",
  "rich_text",
  "section",
  "table",
  "task_card",
]);

const PRESSABLE = new Set(["button", "icon_button", "overflow", "workflow_button"]);
export const isPressable = (element: Element | undefined) => PRESSABLE.has(element?.type ?? "");

export interface Adapted {
  block: Block;
  /** The elements that can be pressed, by the id that their HTML carries. */
  pressed: Map<string, Element>;
}

/** Titles are strings to the library, in which it draws no emoji. */
const titleOf = (value: TextObject | string | undefined) =>
  (typeof value === "string" ? value : (value?.text ?? "")).replace(
    /:([a-z0-9_+'-]+):/g,
    (written, name: string) => emoji(name) ?? written,
  );

/** The sandbox asks nobody outside for anything: words stand for such a picture. */
export const isOutside = (picture: Json) => {
  const url: string = picture.image_url ?? picture.slack_file?.url ?? "";
  return !(url.startsWith("data:") || url.startsWith("/") || url.startsWith(`${location.origin}/`));
};

const inWords = (picture: Json): TextObject => ({
  type: "mrkdwn",
  text: slot("picture", picture.alt_text ?? "picture"),
});

function picture(block: Block): Block {
  if (!isOutside(block)) return block;
  const title = block.title ? [worded(block.title)] : [];
  return { type: "context", elements: [...title, inWords(block)] };
}

/** A section's text; `edited` is our own mark on a message without blocks. */
const sectionText = (block: Block): TextObject | undefined => {
  const text = block.text && worded(block.text);
  return block.edited ? { ...text, text: `${text.text} ${slot("edited", "")}` } : text;
};

const LEAVES = new Set(["broadcast", "channel", "color", "emoji", "link", "text", "user", "usergroup"]);

/** Rich text is not read as Markdown; the library lacks dates' fallbacks, and drops what it does not know. */
function rich(part: Json): Json {
  if (Array.isArray(part.elements)) return { ...part, elements: part.elements.map(rich) };
  if (LEAVES.has(part.type)) return part;
  if (part.type !== "date") return { type: "text", text: `[${part.type}]` };
  return {
    type: "text",
    text: drawDate(part.timestamp, part.format, part.fallback ?? ""),
    style: part.style,
  };
}

const task = (card: Json): Json => ({
  ...card,
  title: titleOf(card.title),
  details: card.details && rich(card.details),
  output: card.output && rich(card.output),
  sources: card.sources?.map((source: Json) => ({ ...source, text: source.text ?? source.url })),
});

const cell = (content: Json): Json =>
  content.type === "rich_text"
    ? rich(content)
    : {
        type: "raw_text",
        text: worded({ type: "plain_text", text: String(content.text ?? content.value ?? "") }).text,
      };

const alertText = (block: Block): TextObject => {
  const text: TextObject = typeof block.text === "string" ? { type: "mrkdwn", text: block.text } : block.text;
  return worded(block.title ? { ...text, text: `*${titleOf(block.title)}*\n${text.text}` } : text);
};

/** What is asked first and where a button leads is ours: the library's own dialog does nothing. */
function pressable(element: Element, id: string): Element {
  const { confirm: _, url: __, ...shown } = element;
  const options = element.options?.map(({ url: ___, ...option }: Json) => ({
    ...option,
    text: worded(option.text),
  }));
  const text = element.text && element.type !== "icon_button" ? worded(element.text) : element.text;
  return { ...shown, action_id: id, text, options };
}

/** Makes *block* drawable. Ids in the page begin with *prefix*, since messages share their action ids. */
export function adapt(block: Block, prefix: string): Adapted {
  const pressed = new Map<string, Element>();
  const element = (one: Element): Element => {
    const id = `${prefix}${pressed.size}`;
    pressed.set(id, one);
    return pressable(one, id);
  };
  const shown = (one: Element): Json =>
    one.type === "image" ? (isOutside(one) ? inWords(one) : one) : worded(one as unknown as TextObject);

  const change = (): Json => {
    switch (block.type) {
      case "header":
        return { text: worded(block.text) };
      case "section":
        return {
          text: sectionText(block),
          fields: block.fields?.map(worded),
          accessory: isPressable(block.accessory) ? element(block.accessory) : block.accessory,
        };
      case "context":
        return { elements: block.elements.map(shown) };
      case "actions":
      case "context_actions":
        return { elements: block.elements.map(element) };
      case "image":
        return picture(block);
      case "rich_text":
        return rich(block);
      case "table":
        return { rows: block.rows.map((row: Json[]) => row.map(cell)) };
      case "plan":
        return { title: titleOf(block.title), tasks: block.tasks?.map(task) };
      case "task_card":
        return task(block);
      case "alert":
        return { text: alertText(block) };
      default:
        return {};
    }
  };
  return { block: { ...block, ...change(), block_id: undefined }, pressed };
}
