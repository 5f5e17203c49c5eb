/** The frame: sidebar, the place that is looked at, its thread, and the form on top. */

import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { say } from "./api";
import { Channel } from "./Channel";
import { DirectoryProvider, directoryOf } from "./directory";
import { useDrawer } from "./drawer";
import { FRAME, giveBack } from "./focus";
import { GuideDialog } from "./Guide";
import { Home } from "./Home";
import { Messages } from "./Messages";
import { Modal } from "./Modal";
import { HOME, MESSAGES, usePlace } from "./place";
import { type SandboxDialog, SandboxProvider, useSandbox } from "./sandbox";
import { Sidebar } from "./Sidebar";
import { useWorkspace, type Workspace } from "./state";
import { Thread } from "./Thread";
import { TroubleMenu } from "./TroubleMenu";
import type { Channel as ChannelRecord, GuideLine, Message, Sandbox, Snapshot } from "./types";
import { useUnread } from "./unread";
import { t } from "./frame";

const NOBODY: Message[] = [];

export function App(): ReactNode {
  const place = usePlace();
  const { workspace, typed } = useWorkspace(place.as);
  const { sandbox, trouble } = useSandbox(place.as, workspace.news);
  const { snapshot } = workspace;
  const locale = snapshot?.people.find((one) => one.id === snapshot.me)?.locale ?? "en-US";
  const reader = snapshot && `${place.as} ${locale}`;
  useFocusOf(reader);
  if (snapshot === null) return <Waiting problem={workspace.problem} />;
  const given = { workspace, snapshot, place, typed, sandbox, trouble };
  document.documentElement.lang = locale; // dates are drawn in it, and letters chosen
  return <Frame key={reader} {...given} />;
}

/** Whoever becomes somebody else, or changes the language, has a new frame: the focus goes to who one is. */
function useFocusOf(reader: string | null): void {
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (reader === null) return;
    if (before.current !== null) giveBack(null, FRAME);
    before.current = reader;
  }, [reader]);
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
  sandbox: Sandbox | null;
  trouble: (name: string, armed: boolean) => void;
}

/** What is looked at: a channel, the direct messages of the app, or its Home tab (none). */
function lookedAt(snapshot: Snapshot, name: string): ChannelRecord | null {
  if (name === HOME) return null;
  if (name === MESSAGES) return snapshot.channels.find((one) => one.is_im) ?? null;
  const open = snapshot.channels.filter((one) => !one.is_im);
  return open.find((one) => one.name === name) ?? open[0] ?? null;
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
  const { workspace, snapshot, place, typed, sandbox, trouble } = props;
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const drawer = useDrawer(sidebarOpen, () => setSidebarOpen(false));
  const [thread, setThread] = useState<{ channel: string; ts: string } | null>(null);
  const [dialog, setDialog] = useState<SandboxDialog | null>(null);
  const channel = lookedAt(snapshot, place.name);
  const isApp = place.name === HOME || place.name === MESSAGES;
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
        if (target) go(target.is_im ? MESSAGES : target.name);
      }),
    [snapshot.people, snapshot.groups, snapshot.channels, snapshot.commands, snapshot.shortcuts, snapshot.message_shortcuts, place.as, place.name],
  );
  useTitle(isApp || !channel ? "Slipway" : channel.name, unread, snapshot.team.name);

  /** Does what a line of the guide says, where its person can. */
  const follow = (line: GuideLine) => {
    if (line.opens) {
      setDialog(line.opens);
      return;
    }
    const theirs = snapshot.channels.filter((one) => !one.is_im && one.members?.includes(line.by));
    const where = theirs.find((one) => one.id === channel?.id) ?? theirs[0];
    if (!where) return;
    if (line.types) void say(line.by, where.id, null, line.types);
    place.go(line.by, where.name);
    setSidebarOpen(false);
  };
  const actions = { sandbox, follow, open: setDialog };

  const me = directory.me.id;
  const threadOpen = thread !== null && thread.channel === channel?.id ? thread.ts : null;
  return (
    <DirectoryProvider value={directory}>
      <SandboxProvider value={actions}>
        <div
          ref={drawer}
          className={`frame${threadOpen ? " with-thread" : ""}${sidebarOpen ? " with-sidebar" : ""}`}
          onKeyDown={(event) => event.key === "Escape" && setSidebarOpen(false)}
        >
          <Sidebar
            team={snapshot.team.name}
            channels={snapshot.channels}
            unread={unread}
            place={isApp || !channel ? place.name : channel.name}
            go={go}
            become={(person) => place.go(person, place.name)}
          />
          {sidebarOpen && <div className="scrim" onClick={() => setSidebarOpen(false)} />}
          {!workspace.connected && (
            <div className="connection" role="status">
              <span className="spinner" aria-hidden="true" /> {t("Reconnecting…")}
            </div>
          )}
          {place.name === MESSAGES && (
            <Messages
              key={channel?.id ?? MESSAGES}
              channel={channel}
              messages={messages}
              go={go}
              openThread={(ts) => channel && setThread({ channel: channel.id, ts })}
              openSidebar={() => setSidebarOpen(true)}
              typed={typed}
            />
          )}
          {place.name === HOME && (
            <Home home={snapshot.home} go={go} openSidebar={() => setSidebarOpen(true)} />
          )}
          {channel && !isApp && (
            <Channel
              key={channel.id}
              channel={channel}
              messages={messages}
              openThread={(ts) => setThread({ channel: channel.id, ts })}
              openSidebar={() => setSidebarOpen(true)}
              typed={typed}
            />
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
        {sandbox && dialog === "guide" && (
          <GuideDialog
            chapters={sandbox.guide}
            channel={channel?.name ?? ""}
            follow={follow}
            close={() => setDialog(null)}
          />
        )}
        {sandbox && dialog === "trouble" && (
          <TroubleMenu troubles={sandbox.troubles} make={trouble} close={() => setDialog(null)} />
        )}
      </SandboxProvider>
    </DirectoryProvider>
  );
}

function useTitle(place: string, unread: ReturnType<typeof useUnread>, team: string): void {
  const mentions = Object.values(unread).reduce((sum, one) => sum + one.mentions, 0);
  useEffect(() => {
    document.title = `${mentions ? `(${mentions}) ` : ""}${place} — ${team}`;
  }, [place, mentions, team]);
}
