/** The app's direct messages to one person. */

import { type ReactNode, useMemo } from "react";
import { Composer } from "./Composer";
import { AppHead } from "./Home";
import { MessageList } from "./MessageList";
import { MESSAGES } from "./place";
import { inChannel, repliesByThread } from "./threads";
import type { Channel, Message } from "./types";
import { t } from "./frame";

interface Props {
  channel: Channel | null; // none until the app has written something
  messages: Message[];
  go: (name: string) => void;
  openThread: (ts: string) => void;
  openSidebar: () => void;
  typed: (channel: string, thread_ts: string | null) => void;
}

export function Messages(props: Props): ReactNode {
  const { channel, messages, go, openThread, openSidebar, typed } = props;
  const listed = useMemo(() => messages.filter(inChannel), [messages]);
  const replies = useMemo(() => repliesByThread(messages), [messages]);
  return (
    <main className="channel" aria-label={t("Direct messages from Slipway")}>
      <AppHead place={MESSAGES} go={go} openSidebar={openSidebar} />
      {channel === null ? (
        <div className="home-scroll">
          <div className="nothing">
            <p>{t("Slipway has not written to you.")}</p>
            <p className="faint">{t("It does where it has something for you alone, or a channel is gone.")}</p>
          </div>
        </div>
      ) : (
        <>
          <MessageList
            label={t("Messages from Slipway")}
            messages={listed}
            replies={replies}
            openThread={openThread}
          />
          <Composer
            label={t("Message")}
            placeholder={t("Message Slipway")}
            channel={channel.id}
            thread={null}
            typed={typed}
          />
        </>
      )}
    </main>
  );
}
