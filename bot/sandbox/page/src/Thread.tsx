/** The pane at the right: a message and its replies. */

import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { Composer } from "./Composer";
import { CloseButton } from "./Dialog";
import { MessageList } from "./MessageList";
import type { Channel, Message } from "./types";

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
    pane.current?.querySelector("textarea")?.focus();
  }, []);

  return (
    <section
      className="thread"
      aria-label={`Thread in ${channel.name}`}
      ref={pane}
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}
    >
      <header className="channel-head">
        <h2>Thread</h2>
        <p className="topic"># {channel.name}</p>
        <CloseButton label="Close thread" onClick={close} />
      </header>
      <MessageList
        label="Thread"
        messages={thread}
        afterFirst={
          <div className="reply-count" role="separator">
            <span>{replies === 1 ? "1 reply" : `${replies} replies`}</span>
          </div>
        }
      />
      <Composer label="Reply" placeholder="Reply…" channel={channel.id} thread={root} typed={typed} />
    </section>
  );
}
