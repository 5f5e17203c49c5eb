/** The frame: sidebar, the place that is looked at, its thread, and the form on top. */

import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Channel } from "./Channel";
import { DirectoryProvider, directoryOf } from "./directory";
import { Home } from "./Home";
import { Modal } from "./Modal";
import { HOME, usePlace } from "./place";
import { Sidebar } from "./Sidebar";
import { useWorkspace, type Workspace } from "./state";
import { Thread } from "./Thread";
import type { Message, Snapshot } from "./types";
import { useUnread } from "./unread";

const NOBODY: Message[] = [];

export function App(): ReactNode {
  const place = usePlace();
  const { workspace, typed } = useWorkspace(place.as);
  const { snapshot } = workspace;
  if (snapshot === null) return <Waiting problem={workspace.problem} />;
  return <Frame key={place.as} workspace={workspace} snapshot={snapshot} place={place} typed={typed} />;
}

function Waiting({ problem }: { problem: string | null }): ReactNode {
  return (
    <main className="waiting" aria-busy="true">
      <span className="spinner big" />
      <p role="status">
        {problem ? "The workspace does not answer yet. Trying again…" : "Opening the workspace…"}
      </p>
      {problem && (
        <p className="faint">
          {problem}. <a href="?">Begin again as the first person</a>
        </p>
      )}
    </main>
  );
}

interface FrameProps {
  workspace: Workspace;
  snapshot: Snapshot;
  place: ReturnType<typeof usePlace>;
  typed: (channel: string, thread_ts: string | null) => void;
}

/** Messages of a channel with the notices that Slackbot slipped in between. */
function useMessages({ workspace, snapshot }: FrameProps, channel: string | null): Message[] {
  const said = (channel && snapshot.messages[channel]) || NOBODY;
  return useMemo(() => {
    const notices = workspace.notices.filter((one) => one.channel === channel);
    if (notices.length === 0) return said;
    return [...said, ...notices].sort((a, b) => Number(a.ts) - Number(b.ts));
  }, [said, workspace.notices, channel]);
}

function Frame(props: FrameProps): ReactNode {
  const { workspace, snapshot, place, typed } = props;
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const [thread, setThread] = useState<{ channel: string; ts: string } | null>(null);
  const channel =
    place.name === HOME
      ? null
      : (snapshot.channels.find((one) => one.name === place.name) ?? snapshot.channels[0] ?? null);
  const messages = useMessages(props, channel?.id ?? null);
  const unread = useUnread(snapshot, channel?.id ?? null);
  const view = snapshot.views.at(-1);

  const go = (name: string) => {
    place.go(place.as, name);
    setSidebarOpen(false);
    setThread(null);
  };
  const directory = useMemo(
    () =>
      directoryOf(snapshot, (id) => {
        const target = snapshot.channels.find((one) => one.id === id);
        if (target) go(target.name);
      }),
    [snapshot.people, snapshot.groups, snapshot.channels, snapshot.commands, place.as, place.name],
  );
  useTitle(channel ? channel.name : "Slipway", unread, snapshot.team.name);

  const me = directory.me.id;
  const threadOpen = thread !== null && thread.channel === channel?.id ? thread.ts : null;
  return (
    <DirectoryProvider value={directory}>
      <div
        className={`frame${threadOpen ? " with-thread" : ""}${sidebarOpen ? " with-sidebar" : ""}`}
        onKeyDown={(event) => event.key === "Escape" && setSidebarOpen(false)}
      >
        <Sidebar
          team={snapshot.team.name}
          channels={snapshot.channels}
          unread={unread}
          place={channel ? channel.name : HOME}
          go={go}
          become={(person) => place.go(person, place.name)}
        />
        {sidebarOpen && <div className="scrim" onClick={() => setSidebarOpen(false)} />}
        {!workspace.connected && (
          <div className="connection" role="status">
            <span className="spinner" aria-hidden="true" /> Reconnecting…
          </div>
        )}
        {channel ? (
          <Channel
            key={channel.id}
            channel={channel}
            messages={messages}
            openThread={(ts) => setThread({ channel: channel.id, ts })}
            openSidebar={() => setSidebarOpen(true)}
            typed={typed}
          />
        ) : (
          <Home home={snapshot.home} openSidebar={() => setSidebarOpen(true)} />
        )}
        {channel && threadOpen && (
          <Thread
            key={threadOpen}
            channel={channel}
            root={threadOpen}
            messages={messages}
            close={() => setThread(null)}
            typed={typed}
          />
        )}
      </div>
      {view && <Modal key={view.id} as={me} view={view} depth={snapshot.views.length} />}
    </DirectoryProvider>
  );
}

function useTitle(place: string, unread: ReturnType<typeof useUnread>, team: string): void {
  const mentions = Object.values(unread).reduce((sum, one) => sum + one.mentions, 0);
  useEffect(() => {
    document.title = `${mentions ? `(${mentions}) ` : ""}${place} — ${team}`;
  }, [place, mentions, team]);
}
