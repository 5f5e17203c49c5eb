/**
 * Slack's text, worded so that the library draws what Slack would.
 *
 * The library turns mrkdwn into Markdown by replacing characters, plain text too, and reads the result:
 * escaped characters become markup, stars in code are doubled, `verbatim` text stays raw. So here every
 * character that means nothing becomes a character reference, and what is more than text becomes a link to
 * a place of our own (a "slot"), which the library hands back to us to draw.
 */

import type { TextObject } from "../types";

const FENCE = "\\n?```\\n?(?<fence>[\\s\\S]+?)\\n?```\\n?";
const CODE = "`(?<code>[^`\\n]+)`";
const ANGLE = "<(?<angle>[^<>\\n]+)>";
const EMOJI = ":(?<emoji>[a-z0-9_+'-]+):(?::skin-tone-\\d:)?";
const MARKED =
  "(?<![\\p{L}\\p{N}])(?<mark>[*_~])(?=\\S)(?<inner>[^\\n]+?)(?<=\\S)\\k<mark>(?![\\p{L}\\p{N}])";
const URL = "(?<url>https?://[^\\s<>|]+[^\\s<>|.,;:!?)\\]'\"])";

const VERBATIM = new RegExp([FENCE, CODE, ANGLE, EMOJI, MARKED].join("|"), "gu");
const LINKING = new RegExp([FENCE, CODE, ANGLE, EMOJI, URL, MARKED].join("|"), "gu");
const PLAIN = new RegExp(EMOJI, "gu");
const NEVER = /(?!)/g;

const MARKS: Record<string, string> = { "*": "**", _: "_", "~": "~~" };
const NOTHING_SEEN = "&#8203;"; // a line that begins with it is no blank line, and keeps its spaces

export const decode = (text: string) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export type SlotKind = "angle" | "code" | "edited" | "fence" | "picture" | "url";

/**
 * What the library passes on to the link hook untouched: letters, digits and hyphens. No colon, since it
 * would look for an emoji from there on.
 */
export const slot = (kind: SlotKind, raw: string) =>
  `[${kind}](slot/${kind}/${Array.from(raw, (one) => one.codePointAt(0)?.toString(36)).join("-")})`;

/** The slot behind a link's address, or null where it is a link as any. */
export function slotIn(href: string): { kind: SlotKind; raw: string } | null {
  const match = /^slot\/([a-z]+)\/([0-9a-z-]*)$/.exec(href);
  if (match === null) return null;
  const points = match[2] ? match[2].split("-").map((point) => Number.parseInt(point, 36)) : [];
  return { kind: match[1] as SlotKind, raw: points.map((point) => String.fromCodePoint(point)).join("") };
}

/** Characters that mean nothing. `LBKS` is the library's word for a line break, a lone space never breaks. */
const literal = (text: string) =>
  text === " "
    ? ` ${NOTHING_SEEN}`
    : text
        .replace(/[!-/:-@[-`{-~]/g, (sign) => `&#${sign.charCodeAt(0)};`)
        .replaceAll("LBKS", `LB${NOTHING_SEEN}KS`);

function token(found: Record<string, string | undefined>, tokens: RegExp): string {
  if (found.fence !== undefined) return slot("fence", decode(found.fence));
  if (found.code !== undefined) return slot("code", decode(found.code));
  if (found.angle !== undefined) return slot("angle", found.angle);
  if (found.emoji !== undefined) return `:${found.emoji}:`;
  if (found.url !== undefined) return slot("url", decode(found.url));
  const mark = MARKS[found.mark ?? ""];
  return `${mark}${inline(found.inner ?? "", tokens, decode)}${mark}`;
}

function inline(text: string, tokens: RegExp, read: (text: string) => string): string {
  let said = "";
  let last = 0;
  for (const match of text.matchAll(tokens)) {
    said += literal(read(text.slice(last, match.index))) + token(match.groups ?? {}, tokens);
    last = match.index + match[0].length;
  }
  return said + literal(read(text.slice(last)));
}

/** Every line begins with something and ends with no space: Markdown would join or break it otherwise. */
const lines = (said: string) => said.replace(/[ \t]+$/gm, "").replace(/^(?=\s|$)/gm, NOTHING_SEEN);

/** Splits off quoted lines; quotes inside a fence stay as they are. */
function runs(text: string): { quoted: boolean; text: string }[] {
  const found: { quoted: boolean; lines: string[] }[] = [];
  let fenced = false;
  for (const line of text.split("\n")) {
    const quoted = !fenced && /^(&gt;|>)/.test(line);
    if ((line.split("```").length - 1) % 2 === 1) fenced = !fenced;
    const last = found.at(-1);
    const content = quoted ? line.replace(/^(&gt;|>) ?/, "") : line;
    if (last && last.quoted === quoted) last.lines.push(content);
    else found.push({ quoted, lines: [content] });
  }
  return found.map((run) => ({ quoted: run.quoted, text: run.lines.join("\n") }));
}

function mrkdwn(text: string, verbatim: boolean): string {
  const tokens = verbatim ? VERBATIM : LINKING;
  return runs(text.trimEnd())
    .map((run) => {
      const said = lines(inline(run.text, tokens, decode));
      return run.quoted ? said.replace(/^/gm, "> ") : said;
    })
    .join("\n");
}

const plain = (text: string, emoji: boolean) =>
  lines(inline(text.trimEnd(), emoji ? PLAIN : NEVER, (raw) => raw));

/** A text object that the library draws as Slack draws *text*. */
export function worded(text: TextObject): TextObject {
  const said =
    text.type === "mrkdwn" ? mrkdwn(text.text, text.verbatim ?? false) : plain(text.text, text.emoji ?? true);
  return { type: "mrkdwn", text: said };
}
