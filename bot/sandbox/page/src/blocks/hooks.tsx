/** What the library asks us to draw: names behind ids, dates, emoji, links, and the slots of `words.ts`. */

import type { ReactNode } from "react";
import type { MessageProps } from "slack-blocks-to-jsx";
import { useDirectory } from "../directory";
import { drawDate, whole } from "../time";
import { Emoji, PlainText } from "./plain";
import { decode, slotIn } from "./words";
import { t } from "../frame";

function Link({ url, children }: { url: string; children: ReactNode }): ReactNode {
  if (!/^(https?|mailto):/i.test(url)) return children;
  return (
    <a className="slack_link" href={url} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

interface MentionProps {
  id: string;
  label?: string | null;
}

function PersonMention({ id, label = null }: MentionProps): ReactNode {
  const { people, me } = useDirectory();
  const name = people.get(id)?.real_name ?? label ?? id;
  return <span className={id === me.id ? "mention me" : "mention"}>@{name}</span>;
}

function GroupMention({ id, label = null }: MentionProps): ReactNode {
  const { groups, me } = useDirectory();
  const group = groups.get(id);
  const mine = group?.users.includes(me.id) ?? false;
  const name = group?.handle ?? label?.replace(/^@/, "") ?? id;
  return <span className={mine ? "mention me" : "mention"}>@{name}</span>;
}

function ChannelMention({ id, label = null }: MentionProps): ReactNode {
  const { channels, openChannel } = useDirectory();
  const channel = channels.get(id);
  if (!channel) return <span className="mention">#{label ?? id}</span>;
  return (
    <button type="button" className="mention" onClick={() => openChannel(id)}>
      #{channel.name}
    </button>
  );
}

const Everybody = ({ range }: { range: string }) => <span className="mention me">@{range}</span>;

function Moment({ target, label }: { target: string; label: string | null }): ReactNode {
  const [, unix = "", pattern = "", url] = target.split("^");
  const seconds = Number(unix);
  const text = drawDate(seconds, pattern, label ?? unix);
  const time = <time title={Number.isNaN(seconds) ? undefined : whole(seconds)}>{text}</time>;
  return url ? <Link url={url}>{time}</Link> : time;
}

/** What stood between `<` and `>`. */
function Angle({ content }: { content: string }): ReactNode {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? null : decode(content.slice(bar + 1));
  if (target.startsWith("!date^")) return <Moment target={target} label={label} />;
  if (target.startsWith("!subteam^")) return <GroupMention id={target.slice(9)} label={label} />;
  if (target.startsWith("!")) return <Everybody range={label ?? target.slice(1)} />;
  if (target.startsWith("@")) return <PersonMention id={target.slice(1)} label={label} />;
  if (target.startsWith("#")) return <ChannelMention id={target.slice(1)} label={label} />;
  const url = decode(target);
  return <Link url={url}>{<PlainText text={label ?? url.replace(/^mailto:/, "")} />}</Link>;
}

function Slot({ kind, raw }: NonNullable<ReturnType<typeof slotIn>>): ReactNode {
  switch (kind) {
    case "angle":
      return <Angle content={raw} />;
    case "code":
      return <code className="slack_code_inline">{raw}</code>;
    case "fence":
      return <code className="slack_code">{raw}</code>;
    case "url":
      return <Link url={raw}>{raw}</Link>;
    case "edited":
      return <span className="edited">(edited)</span>;
    case "picture":
      return (
        <span className="picture-words" title={t("The sandbox loads no pictures from outside")}>
          {raw}
        </span>
      );
  }
}

/** Never changes: the library keeps the hooks that it was given first. */
export const HOOKS: MessageProps["hooks"] = {
  user: ({ id }) => <PersonMention id={id} />,
  usergroup: ({ id }) => <GroupMention id={id} />,
  channel: ({ id }) => <ChannelMention id={id} />,
  atHere: () => <Everybody range="here" />,
  atChannel: () => <Everybody range="channel" />,
  atEveryone: () => <Everybody range="everyone" />,
  emoji: (data, parse) => {
    const found = parse(data);
    return <Emoji name={data.name} otherwise={found === data.name ? null : found} />;
  },
  link: ({ href, children }) => {
    const slot = slotIn(href);
    return slot ? <Slot {...slot} /> : <Link url={href}>{children}</Link>;
  },
};
