/** The message box: text, commands, completion, and the last command back with Up. */

import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import { say, shortcut } from "./api";
import { type Offer, offersFor, withMentions } from "./completion";
import { useDirectory } from "./directory";
import { Icon, type IconName } from "./icons";
import { t } from "./frame";

interface Props {
  label: string;
  placeholder: string;
  channel: string;
  thread: string | null;
  typed: (channel: string, thread_ts: string | null) => void;
}

const lastCommandKey = "slipway.last-command";
const MARKS: [string, IconName, string][] = [
  ["Bold", "bold", "*"],
  ["Italic", "italic", "_"],
  ["Strikethrough", "strike", "~"],
  ["Code", "code", "`"],
];

/** Text that outlives a look into another channel. */
function useDraft(key: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? "");
  return [
    text,
    (next) => {
      if (next) sessionStorage.setItem(key, next);
      else sessionStorage.removeItem(key);
      setText(next);
    },
  ];
}

function useSending({ channel, thread, typed }: Props, setText: (text: string) => void) {
  const { me, people } = useDirectory();
  const [problem, setProblem] = useState<string | null>(null);

  const send = async (text: string) => {
    const trimmed = text.trim();
    if (trimmed === "") return;
    setProblem(null);
    setText("");
    if (trimmed.startsWith("/")) {
      sessionStorage.setItem(lastCommandKey, trimmed);
      typed(channel, thread);
    }
    const said = withMentions(trimmed, [...people.values()]);
    const answer = await say(me.id, channel, thread, said);
    if (answer.ok || trimmed.startsWith("/")) {
      // A refused command comes back as a notice in the channel, as in Slack.
      if (!answer.ok && answer.error?.startsWith("the workspace")) setProblem(answer.error);
      return;
    }
    setProblem(answer.error ?? t("not sent"));
    setText(text);
  };
  return { send, problem };
}

export function Composer(props: Props): ReactNode {
  const { label, placeholder } = props;
  const [text, setText] = useDraft(
    `slipway.draft.${useDirectory().me.id}.${props.channel}.${props.thread ?? ""}`,
  );
  const [chosen, setChosen] = useState(0);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const { commands, people, shortcuts, me } = useDirectory();
  const { send, problem } = useSending(props, setText);
  const offers = dismissed === text ? [] : offersFor(text, commands, [...people.values()]);
  const current = offers[Math.min(chosen, offers.length - 1)];

  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 240)}px`;
  }, [text]);

  const write = (next: string) => {
    setText(next);
    setChosen(0);
    box.current?.focus();
  };
  const wrap = (mark: string) => {
    const { selectionStart: from = 0, selectionEnd: to = 0 } = box.current ?? {};
    write(`${text.slice(0, from)}${mark}${text.slice(from, to)}${mark}${text.slice(to)}`);
    const caret = to + mark.length;
    requestAnimationFrame(() => box.current?.setSelectionRange(from + mark.length, caret));
  };

  /** Whether the completion list took the key. */
  const steer = (event: KeyboardEvent): boolean => {
    if (!current) return false;
    const whole = offers.some((offer) => offer.text.trimEnd() === text);
    if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !whole)) write(current.text);
    else if (event.key === "ArrowDown") setChosen((chosen + 1) % offers.length);
    else if (event.key === "ArrowUp") setChosen((chosen - 1 + offers.length) % offers.length);
    else if (event.key === "Escape") setDismissed(text);
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (steer(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send(text);
    } else if (event.key === "ArrowUp" && text === "") {
      const last = sessionStorage.getItem(lastCommandKey);
      if (last) {
        event.preventDefault();
        setDismissed(last);
        write(last);
      }
    }
  };
  return (
    <div className="composer">
      {offers.length > 0 && (
        <Offers id={id} offers={offers} chosen={current} pick={(offer) => write(offer.text)} />
      )}
      {problem && (
        <p className="composer-problem" role="alert">
          ⚠️ {t("Not sent: {problem}", { problem })}
        </p>
      )}
      <div className="composer-box">
        <div className="composer-tools">
          {MARKS.map(([name, icon, mark]) => (
            <Tool key={name} name={t(name)} icon={icon} use={() => wrap(mark)} />
          ))}
        </div>
        <textarea
          ref={box}
          rows={1}
          aria-label={label}
          placeholder={placeholder}
          value={text}
          autoComplete="off"
          aria-autocomplete="list"
          aria-controls={offers.length > 0 ? `${id}-offers` : undefined}
          aria-activedescendant={current ? `${id}-${offers.indexOf(current)}` : undefined}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div className="composer-foot">
          <Tool name={t("Commands")} icon="slash" use={() => write("/")} />
          {shortcuts.map((one) => (
            <Tool
              key={one.callback_id}
              name={t("Shortcut: {name}", { name: one.name })}
              icon="bolt"
              use={() => void shortcut(me.id, one.callback_id)}
            />
          ))}
          <Tool
            name={t("Mention somebody")}
            icon="at"
            use={() => write(`${text}${/\S$/.test(text) ? " " : ""}@`)}
          />
          <button
            type="button"
            className="send"
            aria-label={t("Send")}
            disabled={text.trim() === ""}
            onClick={() => void send(text)}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
      <p className={text ? "composer-hint shown" : "composer-hint"} aria-hidden="true">
        <b>Shift + Return</b> {t("to add a new line")}
      </p>
    </div>
  );
}

function Tool({ name, icon, use }: { name: string; icon: IconName; use: () => void }): ReactNode {
  return (
    <button type="button" className="icon-button" aria-label={name} title={name} onClick={use}>
      <Icon name={icon} size={16} />
    </button>
  );
}

interface OffersProps {
  id: string;
  offers: Offer[];
  chosen: Offer | undefined;
  pick: (offer: Offer) => void;
}

function Offers({ id, offers, chosen, pick }: OffersProps): ReactNode {
  return (
    <div className="offers">
      <div id={`${id}-offers`} role="listbox" aria-label={t("Suggestions")}>
        {offers.map((offer, index) => (
          <div
            key={offer.title}
            id={`${id}-${index}`}
            role="option"
            aria-selected={offer === chosen}
            className="offer"
            onMouseDown={(event) => {
              event.preventDefault();
              pick(offer);
            }}
          >
            <b>{offer.title}</b>
            {offer.hint && <code>{offer.hint}</code>}
            <span>{offer.detail}</span>
          </div>
        ))}
      </div>
      <p aria-hidden="true">
        <kbd>Tab</kbd> {t("to complete")} · <kbd>↑</kbd> <kbd>↓</kbd> {t("to choose")} · <kbd>Esc</kbd>{" "}
        {t("to dismiss")}
      </p>
    </div>
  );
}
