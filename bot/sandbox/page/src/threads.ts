/** What a thread's summary line needs. */

import type { Message } from "./types";

/** Whether a message stands in the channel itself, not in a thread alone. */
export const inChannel = (message: Message) =>
  !message.thread_ts || message.thread_ts === message.ts || message.reply_broadcast;

/** Replies by the thread's ts, oldest first; what only its reader sees is no reply. */
export function repliesByThread(messages: Message[]): Map<string, Message[]> {
  const found = new Map<string, Message[]>();
  for (const message of messages) {
    if (!message.thread_ts || message.thread_ts === message.ts) continue;
    if (message.deleted || message.ephemeral) continue;
    const replies = found.get(message.thread_ts);
    if (replies) replies.push(message);
    else found.set(message.thread_ts, [message]);
  }
  return found;
}
