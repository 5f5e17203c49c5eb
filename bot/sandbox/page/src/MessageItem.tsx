/** One message: who, when, what, and the line that leads into its thread. */

import { memo, type ReactNode, useMemo } from "react";
import { ActionSurface } from "./actions";
import { react } from "./api";
import { Avatar } from "./Avatar";
import { Blocks, Mrkdwn } from "./blocks/Blocks";
import { stranger, useDirectory } from "./directory";
import { Icon } from "./icons";
import { MessageMenu } from "./MessageMenu";
import { moment, time, whole } from "./time";
import type { Message, Person, SharedFile } from "./types";
import { t } from "./frame";

interface Props {
  message: Message;
  compact: boolean;
  replies?: Message[];
  openThread?: (ts: string) => void;
}

export const MessageItem = memo(function MessageItem(props: Props): ReactNode {
  const { message, compact, replies, openThread } = props;
  const { people } = useDirectory();
  const author = people.get(message.user) ?? stranger(message.user);
  const thread = message.thread_ts ?? message.ts;
  if (message.deleted) return <Gone message={message} replies={replies} openThread={openThread} />;
  return (
    <article
      className={`message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`}
      data-ts={message.ts}
      aria-label={`${author.real_name}, ${whole(Number(message.ts))}`}
    >
      {message.ephemeral && (
        <p className="whisper-line">
          <Icon name="eye" size={14} /> {t("Only visible to you")}
        </p>
      )}
      <div className="gutter">{compact ? <Time ts={message.ts} short /> : <Avatar person={author} />}</div>
      <div className="message-main">
        {!compact && <Byline author={author} ts={message.ts} />}
        {message.reply_broadcast && openThread && (
          <button type="button" className="from-thread" onClick={() => openThread(thread)}>
            {t("replied to a thread")}
          </button>
        )}
        <Content message={message} />
        {message.files?.map((file) => <Attached key={file.id} file={file} />)}
        <Reactions message={message} />
        {replies && openThread && <Summary replies={replies} open={() => openThread(message.ts)} />}
      </div>
      {!message.ephemeral && (
        <div className="hover-tools">
          <PinTool message={message} />
          {openThread && (
            <button
              type="button"
              aria-label={t("Open thread")}
              title={t("Reply in thread")}
              onClick={() => openThread(thread)}
            >
              <Icon name="thread" />
            </button>
          )}
          <MessageMenu message={message} />
        </div>
      )}
    </article>
  );
});

function Byline({ author, ts }: { author: Person; ts: string }): ReactNode {
  return (
    <div className="byline">
      <strong className="author">{author.real_name}</strong>
      {author.is_bot && <span className="app-tag">{t("APP")}</span>}
      <Time ts={ts} />
    </div>
  );
}

function Time({ ts, short = false }: { ts: string; short?: boolean }): ReactNode {
  const unix = Number(ts);
  const text = time(unix);
  return (
    <time className="stamp" dateTime={new Date(unix * 1000).toISOString()} title={whole(unix)}>
      {short ? text.replace(/\s?[AP]M$/i, "") : text}
    </time>
  );
}

function Content({ message }: { message: Message }): ReactNode {
  const { me } = useDirectory();
  const { channel, ts, ephemeral } = message;
  const surface = useMemo(
    () => ({ kind: "message" as const, channel, ts, ephemeral }),
    [channel, ts, ephemeral],
  );
  if (!message.blocks || message.blocks.length === 0) {
    return (
      <div className="text">
        <Mrkdwn text={message.text} edited={message.edited} />
      </div>
    );
  }
  return (
    <ActionSurface as={me.id} surface={surface}>
      <Blocks blocks={message.blocks} />
    </ActionSurface>
  );
}

const SIGNS: Record<string, string> = { pushpin: "📌", white_check_mark: "✅" };

function Reactions({ message }: { message: Message }): ReactNode {
  const { people } = useDirectory();
  if (!message.reactions?.length) return null;
  return (
    <ul className="reactions" aria-label="Reactions">
      {message.reactions.map(({ name, users }) => (
        <li key={name} title={users.map((id) => (people.get(id) ?? stranger(id)).real_name).join(", ")}>
          <span aria-label={name.replaceAll("_", " ")}>{SIGNS[name] ?? `:${name}:`}</span> {users.length}
        </li>
      ))}
    </ul>
  );
}

/** In an incident's channel a pushpin puts the message into the timeline. */
function PinTool({ message }: { message: Message }): ReactNode {
  const { me } = useDirectory();
  const pinned = message.reactions?.some((one) => one.name === "pushpin" && one.users.includes(me.id)) ?? false;
  const label = t(pinned ? "Take the pushpin away" : "Mark with a pushpin");
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={() => react(me.id, message.channel, message.ts, "pushpin", !pinned)}
    >
      <Icon name="pin" />
    </button>
  );
}

function Attached({ file }: { file: SharedFile }): ReactNode {
  return (
    <a className="attached" href={file.url_private} target="_blank" rel="noreferrer">
      <Icon name="file" size={22} />
      <span>
        <b>{file.title}</b>
        <span className="attached-about">
          {file.name} · {(file.size / 1000).toFixed(1)} kB
        </span>
      </span>
    </a>
  );
}

function Summary({ replies, open }: { replies: Message[]; open: () => void }): ReactNode {
  const { people } = useDirectory();
  const authors = [...new Set(replies.map((one) => one.user))].slice(0, 5);
  const last = replies.at(-1);
  return (
    <button type="button" className="summary" onClick={open}>
      <span className="summary-faces">
        {authors.map((id) => (
          <Avatar key={id} person={people.get(id) ?? stranger(id)} size={24} />
        ))}
      </span>
      <b>{t(replies.length === 1 ? "1 reply" : "{n} replies", { n: replies.length })}</b>
      <span className="summary-last">{last && t("Last reply {when}", { when: moment(Number(last.ts)) })}</span>
      <span className="summary-open" aria-hidden="true">
        {t("View thread")}
      </span>
    </button>
  );
}

/** A deleted message whose thread still hangs from it. */
function Gone({ message, replies, openThread }: Omit<Props, "compact">): ReactNode {
  return (
    <article className="message gone" data-ts={message.ts}>
      <div className="gutter" />
      <div className="message-main">
        <div className="text">{t("This message was deleted.")}</div>
        {replies && openThread && <Summary replies={replies} open={() => openThread(message.ts)} />}
      </div>
    </article>
  );
}
