/** One channel: header with topic, messages, message box. */

import { type ReactNode, useMemo } from "react";
import { Composer } from "./Composer";
import { useDirectory } from "./directory";
import { Guide } from "./Guide";
import { Icon } from "./icons";
import { MessageList } from "./MessageList";
import { Mrkdwn } from "./blocks/Blocks";
import { useSandboxActions } from "./sandbox";
import { inChannel, repliesByThread } from "./threads";
import { TroubleButton } from "./TroubleMenu";
import type { Channel as ChannelRecord, Message } from "./types";
import { t } from "./frame";

interface Props {
  channel: ChannelRecord;
  messages: Message[];
  openThread: (ts: string) => void;
  openSidebar: () => void;
  typed: (channel: string, thread_ts: string | null) => void;
}

export function SidebarButton({ open }: { open: () => void }): ReactNode {
  return (
    <button
      type="button"
      className="icon-button sidebar-button"
      aria-label={t("Show channels and people")}
      onClick={open}
    >
      <Icon name="menu" size={20} />
    </button>
  );
}

export function Channel(props: Props): ReactNode {
  const { channel, messages, openThread, openSidebar, typed } = props;
  const { people } = useDirectory();
  const { sandbox, open } = useSandboxActions();
  const humans = channel.members?.filter((id) => people.get(id)?.is_bot === false).length;
  const listed = useMemo(() => messages.filter(inChannel), [messages]);
  const replies = useMemo(() => repliesByThread(messages), [messages]);
  return (
    <main className="channel" aria-label={t("Channel {name}", { name: channel.name })}>
      <header className="channel-head">
        <SidebarButton open={openSidebar} />
        <h1>
          <span className="hash" aria-hidden="true">
            #
          </span>{" "}
          {channel.name}
        </h1>
        <div className="topic" title={channel.topic}>
          <Mrkdwn text={channel.topic} />
        </div>
        {channel.canvas && (
          <a className="canvas" href={channel.canvas.url_private} target="_blank" rel="noreferrer" title={channel.canvas.title}>
            <Icon name="file" size={16} /> {t("Canvas")}
          </a>
        )}
        {humans !== undefined && (
          <span className="members">{t(humans === 1 ? "1 member" : "{n} members", { n: humans })}</span>
        )}
        {sandbox && (
          <TroubleButton troubles={sandbox.troubles} open={() => open("trouble")} />
        )}
      </header>
      <MessageList
        label={t("Conversation in {name}", { name: channel.name })}
        messages={listed}
        replies={replies}
        openThread={openThread}
        intro={<Intro channel={channel} />}
      />
      {channel.is_archived ? (
        <p className="archived">{t("This channel is archived: nothing can be written here.")}</p>
      ) : (
        <Composer
          label={t("Message")}
          placeholder={t("Message #{name}", { name: channel.name })}
          channel={channel.id}
          thread={null}
          typed={typed}
        />
      )}
    </main>
  );
}

/** The channel's beginning, with what a newcomer can try. */
function Intro({ channel }: { channel: ChannelRecord }): ReactNode {
  const { commands } = useDirectory();
  const { sandbox, follow } = useSandboxActions();
  return (
    <div className="intro">
      <h2>
        <span className="hash" aria-hidden="true">
          #
        </span>{" "}
        {channel.name}
      </h2>
      <p>
        {t("This is the very beginning of the channel ")}<strong>#{channel.name}</strong>{t(".")}
      </p>
      {sandbox && !channel.is_archived && (
        <>
          <p>{t("Click a line: it is typed for you, as the person whose picture stands before it.")}</p>
          <Guide chapters={sandbox.guide} channel={channel.name} follow={follow} />
        </>
      )}
      {commands.length > 0 && !channel.is_archived && (
        <details open={!sandbox}>
          <summary>
            {t("All commands;")} <code>/</code> {t("in the box below lists them, too")}
          </summary>
          <dl className="command-list">
            {commands.map((one) => (
              <div key={one.command}>
                <dt>
                  <code>
                    {one.command} {one.usage_hint}
                  </code>
                </dt>
                <dd>{one.description}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}
