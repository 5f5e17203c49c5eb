/** The pane at the right: a message and its replies. */

import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { Composer } from "./Composer";
import { CloseButton } from "./Dialog";
import { giveBack } from "./focus";
import { MessageList } from "./MessageList";
import type { Channel, Message } from "./types";
import { t } from "./frame";

interface Props {
  channel: Channel;
  root: string;
  messages: Message[];
  close: () => void;
  typed: (channel: string, thread_ts: string | null) => void;
}

export function Thread({ channel, root, messages, close, typed }: Props): ReactNode {
  const pane = useRef<HTMLElement>(null);
  const thread = useMemo(
    () => messages.filter((one) => one.ts === root || one.thread_ts === root),
    [messages, root],
  );
  const replies = thread.filter((one) => one.ts !== root && !one.ephemeral && !one.deleted).length;

  useEffect(() => {
    const before = document.activeElement;
    pane.current?.querySelector("textarea")?.focus();
    return () => giveBack(before);
  }, []);

  return (
    <section
      className="thread"
      aria-label={t("Thread in {name}", { name: channel.name })}
      ref={pane}
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}
    >
      <header className="channel-head">
        <h2>{t("Thread")}</h2>
        <p className="topic"># {channel.name}</p>
        <CloseButton label={t("Close thread")} onClick={close} />
      </header>
      <MessageList
        label={t("Thread")}
        messages={thread}
        afterFirst={
          <div className="reply-count" role="separator">
            <span>{t(replies === 1 ? "1 reply" : "{n} replies", { n: replies })}</span>
          </div>
        }
      />
      <Composer label={t("Reply")} placeholder={t("Reply…")} channel={channel.id} thread={root} typed={typed} />
    </section>
  );
}
