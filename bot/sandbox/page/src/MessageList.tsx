/** A log of messages: grouped by author, divided by day, kept at its end while the reader is there. */

import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icons";
import { MessageItem } from "./MessageItem";
import { day, dayKey } from "./time";
import type { Message } from "./types";
import { t } from "./frame";

const GROUP_SPAN = 300; // seconds: later messages by the same author show their name again
const NEAR_END = 48; // pixels

interface Props {
  label: string;
  messages: Message[];
  replies?: Map<string, Message[]>;
  openThread?: (ts: string) => void;
  intro?: ReactNode;
  /** Stands between the first message and the rest. */
  afterFirst?: ReactNode;
}

/** Whether the message carries on the one before it, so that name and picture are left out. */
const carriesOn = (message: Message, before: Message | undefined) =>
  before !== undefined &&
  before.user === message.user &&
  before.ephemeral === message.ephemeral &&
  !before.deleted &&
  !message.reply_broadcast &&
  Number(message.ts) - Number(before.ts) < GROUP_SPAN;

/** Keeps the end in sight while the reader is there, whatever grows; leaves the reader alone else. */
function useStickToEnd(last: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const stood = useRef(0); // pixels from the top, when last looked at
  const [news, setNews] = useState(false);

  const isEmpty = last === undefined; // then the intro is what there is to read, from its beginning
  const toEnd = () => {
    const box = scroller.current;
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    stood.current = box.scrollTop;
  };
  useLayoutEffect(() => {
    if (isEmpty || !content.current || !scroller.current) return;
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(content.current);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [isEmpty]);
  useLayoutEffect(() => {
    if (isEmpty) return;
    if (atEnd.current) toEnd();
    else setNews(true);
  }, [last]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box || isEmpty) return;
    // A scroll is told a frame late: what grew meanwhile puts the end further off, and only who
    // moved up has left it.
    if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END) {
      atEnd.current = true;
      setNews(false);
    } else if (box.scrollTop < stood.current) {
      atEnd.current = false;
    }
    stood.current = box.scrollTop;
  };
  return { scroller, content, onScroll, news, toEnd };
}

/** The first load is no news: assistive technology hears only what comes after it. */
function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => setSettled(true), []);
  return settled;
}

export function MessageList(props: Props): ReactNode {
  const { label, messages, replies, openThread, intro, afterFirst } = props;
  const shown = messages.filter((one) => !one.deleted || replies?.has(one.ts));
  const { scroller, content, onScroll, news, toEnd } = useStickToEnd(shown.at(-1)?.ts);
  const settled = useSettled();
  return (
    <div className="list-frame">
      <div className="list" ref={scroller} onScroll={onScroll} tabIndex={0} role="region" aria-label={label}>
        <div ref={content} className="list-content">
          {intro}
          <div role="log" aria-live={settled ? "polite" : "off"} aria-relevant="additions" aria-label={label}>
            {shown.map((message, index) => {
              const before = shown[index - 1];
              const newDay = !before || dayKey(Number(before.ts)) !== dayKey(Number(message.ts));
              return (
                <div key={message.ts}>
                  {newDay && !(afterFirst && index === 0) && !afterFirst && (
                    <DayDivider unix={Number(message.ts)} />
                  )}
                  <MessageItem
                    message={message}
                    compact={!newDay && !(afterFirst && index === 1) && carriesOn(message, before)}
                    replies={replies?.get(message.ts)}
                    openThread={openThread}
                  />
                  {index === 0 && afterFirst}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {news && (
        <button type="button" className="news" onClick={toEnd}>
          <Icon name="arrow" size={14} /> {t("New messages")}
        </button>
      )}
    </div>
  );
}

function DayDivider({ unix }: { unix: number }): ReactNode {
  return (
    <div className="day" role="separator" aria-label={day(unix)}>
      <span aria-hidden="true">{day(unix)}</span>
    </div>
  );
}
