/** Slack's own text format, and plain text with emoji, as React nodes. */

import { Fragment, type ReactNode } from "react";
import { type Directory, useDirectory } from "../directory";
import { drawDate, whole } from "../time";
import type { TextObject } from "../types";
import { emoji } from "./emoji";

const TOKEN = new RegExp(
  [
    "```\\n?(?<fence>[\\s\\S]+?)\\n?```",
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+):(?::skin-tone-\\d:)?",
    "(?<url>https?://[^\\s<>|]+[^\\s<>|.,;:!?)\\]'\"])",
    "(?<![\\p{L}\\p{N}])(?<mark>[*_~])(?=\\S)(?<inner>[^\\n]+?)(?<=\\S)\\k<mark>(?![\\p{L}\\p{N}])",
  ].join("|"),
  "gu",
);
const EMOJI = /:([a-z0-9_+'-]+):(?::skin-tone-\d:)?/g;
const TAGS = { "*": "strong", _: "em", "~": "s" } as const;

const decode = (text: string) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function Emoji({ name }: { name: string }): ReactNode {
  const character = emoji(name);
  if (character === null) return `:${name}:`;
  return (
    <span className="emoji" role="img" aria-label={name.replaceAll("_", " ")} title={`:${name}:`}>
      {character}
    </span>
  );
}

/** Plain text in which only emoji names mean something. */
export function PlainText({ text }: { text: string }): ReactNode {
  const nodes: ReactNode[] = [];
  let last = 0;
  for (const match of text.matchAll(EMOJI)) {
    nodes.push(text.slice(last, match.index));
    nodes.push(<Emoji key={match.index} name={match[1] ?? ""} />);
    last = match.index + match[0].length;
  }
  return [...nodes, text.slice(last)];
}

export function Link({ url, children }: { url: string; children: ReactNode }): ReactNode {
  if (!/^(https?|mailto):/i.test(url)) return children;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

function angle(content: string, directory: Directory): ReactNode {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? null : decode(content.slice(bar + 1));
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return <GroupMention id={target.slice(9)} label={label} />;
  if (target.startsWith("!")) return <span className="mention me">@{label ?? target.slice(1)}</span>;
  if (target.startsWith("@")) return <PersonMention id={target.slice(1)} label={label} />;
  if (target.startsWith("#")) return <ChannelMention id={target.slice(1)} label={label} />;
  return (
    <Link url={decode(target)}>
      {label === null ? decode(target).replace(/^mailto:/, "") : inline(label, directory)}
    </Link>
  );
}

function date(target: string, label: string | null): ReactNode {
  const [, unix = "", pattern = "", url] = target.split("^");
  const text = drawDate(Number(unix), pattern, label ?? unix);
  const time = <time title={Number.isNaN(Number(unix)) ? undefined : whole(Number(unix))}>{text}</time>;
  return url ? <Link url={url}>{time}</Link> : time;
}

export function PersonMention({ id, label = null }: { id: string; label?: string | null }): ReactNode {
  const { people, me } = useDirectory();
  const name = people.get(id)?.real_name ?? label ?? id;
  return <span className={id === me.id ? "mention me" : "mention"}>@{name}</span>;
}

export function GroupMention({ id, label = null }: { id: string; label?: string | null }): ReactNode {
  const { groups, me } = useDirectory();
  const group = groups.get(id);
  const mine = group?.users.includes(me.id) ?? false;
  const name = group?.handle ?? label?.replace(/^@/, "") ?? id;
  return <span className={mine ? "mention me" : "mention"}>@{name}</span>;
}

export function ChannelMention({ id, label = null }: { id: string; label?: string | null }): ReactNode {
  const { channels, openChannel } = useDirectory();
  const channel = channels.get(id);
  if (!channel) return <span className="mention">#{label ?? id}</span>;
  return (
    <button type="button" className="mention" onClick={() => openChannel(id)}>
      #{channel.name}
    </button>
  );
}

/** One run of text, possibly over several lines, without quotes. */
function inline(text: string, directory: Directory): ReactNode[] {
  const nodes: ReactNode[] = [];
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    nodes.push(decode(text.slice(last, match.index)));
    nodes.push(<Fragment key={match.index}>{token(match.groups ?? {}, directory)}</Fragment>);
    last = match.index + match[0].length;
  }
  nodes.push(decode(text.slice(last)));
  return nodes;
}

function token(found: Record<string, string | undefined>, directory: Directory): ReactNode {
  if (found.fence !== undefined) return <pre>{decode(found.fence)}</pre>;
  if (found.code !== undefined) return <code>{decode(found.code)}</code>;
  if (found.angle !== undefined) return angle(found.angle, directory);
  if (found.emoji !== undefined) return <Emoji name={found.emoji} />;
  if (found.url !== undefined) return <Link url={decode(found.url)}>{decode(found.url)}</Link>;
  const Tag = TAGS[found.mark as keyof typeof TAGS];
  return <Tag>{inline(found.inner ?? "", directory)}</Tag>;
}

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

export function Mrkdwn({ text }: { text: string }): ReactNode {
  const directory = useDirectory();
  return runs(text).map((run, index) =>
    run.quoted ? (
      <blockquote key={index}>{inline(run.text, directory)}</blockquote>
    ) : (
      <Fragment key={index}>{inline(run.text, directory)}</Fragment>
    ),
  );
}

export function Text({ of }: { of: TextObject | null | undefined }): ReactNode {
  if (!of) return null;
  return of.type === "mrkdwn" ? <Mrkdwn text={of.text} /> : <PlainText text={of.text} />;
}
