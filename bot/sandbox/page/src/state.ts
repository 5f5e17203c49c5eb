/** What the page knows: a snapshot of the workspace, kept current by the stream. */

import { useCallback, useEffect, useReducer, useRef } from "react";
import { fetchState, follow } from "./api";
import type { Message, Snapshot, StreamEvent } from "./types";

const RETRY_AFTER = 2000; // milliseconds
export const SLACKBOT = "USLACKBOT";

export interface Workspace {
  snapshot: Snapshot | null;
  connected: boolean;
  problem: string | null;
  /** Notices by Slackbot: only this page has them, a fresh snapshot does not. */
  notices: Message[];
  /** How often the sandbox has told of its own part. */
  news: number;
  /** The thread in which a command was last typed, by channel: where its notice belongs. */
  commandThread: Record<string, string | null>;
}

type Change =
  | { type: "snapshot"; snapshot: Snapshot }
  | { type: "problem"; problem: string }
  | { type: "lost" }
  | { type: "restart" }
  | { type: "typed"; channel: string; thread_ts: string | null }
  | { type: "event"; event: StreamEvent };

const EMPTY: Workspace = {
  snapshot: null,
  connected: false,
  problem: null,
  notices: [],
  news: 0,
  commandThread: {},
};

export function reduce(state: Workspace, change: Change): Workspace {
  switch (change.type) {
    case "snapshot":
      return { ...state, snapshot: change.snapshot, connected: true, problem: null, news: state.news + 1 };
    case "problem":
      return { ...state, connected: false, problem: change.problem };
    case "lost":
      return { ...state, connected: false };
    case "restart":
      return EMPTY;
    case "typed":
      return {
        ...state,
        commandThread: { ...state.commandThread, [change.channel]: change.thread_ts },
      };
    case "event":
      return apply(state, change.event);
  }
}

function apply(state: Workspace, event: StreamEvent): Workspace {
  const snapshot = state.snapshot;
  if (snapshot === null) return state;
  switch (event.type) {
    case "message":
      return { ...state, snapshot: withMessage(snapshot, event.message) };
    case "message_deleted":
      return { ...state, snapshot: withoutMessage(snapshot, event.channel, event.ts) };
    case "views":
      return { ...state, snapshot: { ...snapshot, views: event.views } };
    case "sandbox":
      return { ...state, news: state.news + 1 };
    case "home":
      return { ...state, snapshot: { ...snapshot, home: event.home } };
    case "notice":
      return { ...state, notices: [...state.notices, notice(state, event)] };
    default:
      return state;
  }
}

function withMessage(snapshot: Snapshot, message: Message): Snapshot {
  const old = snapshot.messages[message.channel] ?? [];
  const at = old.findIndex((one) => one.ts === message.ts);
  const messages = at < 0 ? [...old, message] : old.with(at, message);
  if (at < 0) messages.sort((a, b) => Number(a.ts) - Number(b.ts));
  return { ...snapshot, messages: { ...snapshot.messages, [message.channel]: messages } };
}

function withoutMessage(snapshot: Snapshot, channel: string, ts: string): Snapshot {
  const messages = (snapshot.messages[channel] ?? []).filter((one) => one.ts !== ts);
  return { ...snapshot, messages: { ...snapshot.messages, [channel]: messages } };
}

function notice(state: Workspace, event: StreamEvent & { type: "notice" }): Message {
  return {
    ts: `${(Date.now() / 1000).toFixed(3)}${String(state.notices.length).padStart(3, "0")}`,
    channel: event.channel,
    user: SLACKBOT,
    text: event.text,
    blocks: null,
    thread_ts: event.thread_ts ?? state.commandThread[event.channel] ?? null,
    reply_broadcast: false,
    edited: false,
    ephemeral: true,
    deleted: false,
  };
}

/** Keeps the workspace of one person: reads it whole on every (re)connection, then follows it. */
export function useWorkspace(as: string): {
  workspace: Workspace;
  typed: (channel: string, thread_ts: string | null) => void;
} {
  const [workspace, dispatch] = useReducer(reduce, EMPTY);
  // Events that arrive while the snapshot is on its way wait here, so that none is lost under it.
  const waiting = useRef<StreamEvent[] | null>(null);

  useEffect(() => {
    let over = false;
    let again: number | undefined;

    async function load(): Promise<void> {
      const events: StreamEvent[] = [];
      waiting.current = events;
      window.clearTimeout(again);
      try {
        const snapshot = await fetchState(as);
        if (over || waiting.current !== events) return;
        waiting.current = null;
        dispatch({ type: "snapshot", snapshot });
        events.forEach((event) => dispatch({ type: "event", event }));
      } catch (error) {
        if (over || waiting.current !== events) return;
        dispatch({ type: "problem", problem: String((error as Error).message) });
        again = window.setTimeout(() => void load(), RETRY_AFTER);
      }
    }

    function receive(event: StreamEvent): void {
      if (event.type === "people" || event.type === "channels") void load();
      else if (waiting.current !== null) waiting.current.push(event);
      else dispatch({ type: "event", event });
    }

    dispatch({ type: "restart" });
    void load();
    const stop = follow(as, {
      open: () => void load(),
      event: receive,
      lost: () => dispatch({ type: "lost" }),
    });
    return () => {
      over = true;
      window.clearTimeout(again);
      stop();
    };
  }, [as]);

  const typed = useCallback((channel: string, thread_ts: string | null) => {
    dispatch({ type: "typed", channel, thread_ts });
  }, []);
  return { workspace, typed };
}
