/** What a person has not read yet, remembered by this browser. */

import { useEffect, useMemo, useState } from "react";
import type { Message, Snapshot } from "./types";

export interface Unread {
  messages: number;
  /** How many of them are for this person: mentions and direct messages. */
  mentions: number;
}

type Read = Record<string, string>;
const key = (person: string) => `slipway.read.${person}`;

function load(person: string): Read {
  try {
    return JSON.parse(localStorage.getItem(key(person)) ?? "{}");
  } catch {
    return {}; // storage may be switched off: then everything counts as read once seen
  }
}

function store(person: string, read: Read): void {
  try {
    localStorage.setItem(key(person), JSON.stringify(read));
  } catch {
    // storage is a convenience only
  }
}

const counts = (message: Message, me: string) =>
  message.user !== me &&
  !message.deleted &&
  !message.ephemeral &&
  (!message.thread_ts || message.thread_ts === message.ts || message.reply_broadcast);

function mentions(message: Message, snapshot: Snapshot, isDirect: boolean): boolean {
  const everything = message.text + JSON.stringify(message.blocks ?? "");
  const mine = snapshot.groups.filter((group) => group.users.includes(snapshot.me));
  return (
    isDirect ||
    everything.includes(`<@${snapshot.me}`) ||
    mine.some((group) => everything.includes(`<!subteam^${group.id}`))
  );
}

/** Counts by channel; the channel that is looked at is read. */
export function useUnread(snapshot: Snapshot | null, looking: string | null): Record<string, Unread> {
  const me = snapshot?.me ?? "";
  const [read, setRead] = useState<{ of: string; by: Read }>({ of: "", by: {} });
  const by = useMemo(() => (read.of === me ? read.by : load(me)), [read, me]);
  const newest = looking ? snapshot?.messages[looking]?.at(-1)?.ts : undefined;

  useEffect(() => {
    if (!me || !looking || !newest || Number(by[looking] ?? 0) >= Number(newest)) return;
    const next = { ...by, [looking]: newest };
    store(me, next);
    setRead({ of: me, by: next });
  }, [me, looking, newest, by]);

  return useMemo(() => {
    const found: Record<string, Unread> = {};
    for (const channel of snapshot?.channels ?? []) {
      if (!snapshot || channel.id === looking) continue;
      const fresh = (snapshot.messages[channel.id] ?? []).filter(
        (one) => counts(one, me) && Number(one.ts) > Number(by[channel.id] ?? 0),
      );
      found[channel.id] = {
        messages: fresh.length,
        mentions: fresh.filter((one) => mentions(one, snapshot, channel.is_im === true)).length,
      };
    }
    return found;
  }, [snapshot, looking, by, me]);
}
