/** Who you are, and who else you could be. */

import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { speak } from "./api";
import { Avatar } from "./Avatar";
import { useDirectory } from "./directory";
import { Icon } from "./icons";
import { addressOf } from "./place";
import type { Person } from "./types";
import { t } from "./frame";

/** The languages that Slack has and Slipway speaks, each in its own words. */
const LANGUAGES = [
  { locale: "en-US", name: "English" },
  { locale: "zh-CN", name: "中文" },
];

interface Props {
  people: Person[];
  become: (person: string) => void;
  place: string;
}

/** Moves the focus among the menu's items with the arrow keys. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}

export function PersonMenu({ people, become, place }: Props): ReactNode {
  const { me } = useDirectory();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (open) box.current?.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
  }, [open]);

  const shut = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      className="person-menu"
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setOpen(false)}
      onKeyDown={(event) => event.key === "Escape" && open && shut()}
    >
      <button
        ref={button}
        type="button"
        className="person-button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={t("You are {name}. Switch person", { name: me.real_name })}
        title={t("You are {name} — {title}", { name: me.real_name, title: t(me.title) })}
        onClick={() => setOpen(!open)}
      >
        <Avatar person={me} size={24} />
        <span>{me.real_name}</span>
        <Icon name="down" size={14} />
      </button>
      {open && (
        <div className="menu people-menu" role="menu" aria-label={t("Act as")} ref={box} onKeyDown={moveFocus}>
          <p className="menu-title" role="presentation">
            {t("Act as")}
          </p>
          {people.map((person) => (
            <div className="menu-row" role="none" key={person.id}>
              <button
                type="button"
                role="menuitemradio"
                aria-checked={person.id === me.id}
                onClick={() => {
                  shut();
                  become(person.id);
                }}
              >
                <Avatar person={person} size={28} />
                <span className="menu-words">
                  {person.real_name} — {t(person.title)}
                </span>
                {person.id === me.id && <Icon name="check" size={16} />}
              </button>
              <a
                role="menuitem"
                href={addressOf(person.id, place)}
                target="_blank"
                rel="noreferrer"
                aria-label={t("Open a window as {name}", { name: person.real_name })}
                title={t("Open a window as {name}", { name: person.real_name })}
              >
                <Icon name="window" size={15} />
              </a>
            </div>
          ))}
          <div className="languages" role="group" aria-label={t("Slack's language for {name}", { name: me.real_name })}>
            <span aria-hidden="true">{t("Language")}</span>
            {LANGUAGES.map(({ locale, name }) => (
              <button
                key={locale}
                type="button"
                role="menuitemradio"
                aria-checked={locale === me.locale}
                lang={locale}
                onClick={() => {
                  shut();
                  void speak(me.id, locale);
                }}
              >
                {name}
              </button>
            ))}
          </div>
          <p className="menu-hint" role="presentation">
            {t("Two windows can be two people: ask in one, approve in the other.")}
          </p>
        </div>
      )}
    </div>
  );
}
