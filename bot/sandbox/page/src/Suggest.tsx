/** A picker whose options the app gives while somebody types. */

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { usePresses } from "./actions";
import { PlainText } from "./blocks/plain";
import { attributes, type Props } from "./fields";
import type { Option } from "./types";
import { t } from "./frame";

const PAUSE = 150; // milliseconds without a key, as Slack waits

/** What is offered for the words, asked anew whenever they rest. */
function useOffers(props: Props, typed: string | null): Option[] | null {
  const { suggest } = usePresses();
  const [offers, setOffers] = useState<Option[] | null>(null);
  const { action_id = "" } = props.element;
  const { blockId = "" } = props;

  useEffect(() => {
    if (typed === null) return setOffers(null);
    let stale = false;
    const timer = window.setTimeout(async () => {
      const found = await suggest({ block_id: blockId, action_id, value: typed });
      if (!stale) setOffers(found);
    }, PAUSE);
    return () => {
      stale = true;
      window.clearTimeout(timer);
    };
    // The way to ask is made anew with every drawing; only new words ask again.
  }, [typed, action_id, blockId]);
  return offers;
}

/** Several of what the app offers: each that is chosen stands above the box, and can be taken out. */
export function SuggestSeveral(props: Props): ReactNode {
  const { element, value, onChange, label } = props;
  const chosen: Option[] = value.selected_options ?? [];
  const keep = (options: Option[]) => onChange({ ...value, selected_options: options });
  const others = (option: Option) => chosen.filter((one) => one.value !== option.value);
  const begins = { type: "external_select", selected_option: null };
  return (
    <div className="suggest-several">
      {chosen.length > 0 && (
        <ul className="suggest-chosen" aria-label={label}>
          {chosen.map((option) => (
            <li key={option.value}>
              <PlainText text={option.text.text} />
              <button
                type="button"
                aria-label={t("Remove {name}", { name: option.text.text })}
                onClick={() => keep(others(option))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <Suggest
        {...props}
        element={{ ...element, type: "external_select" }}
        value={begins}
        onChange={({ selected_option: option }) => option && keep([...others(option), option])}
      />
    </div>
  );
}

export function Suggest(props: Props): ReactNode {
  const { element, value, onChange } = props;
  const [typed, setTyped] = useState<string | null>(null); // null: the list is closed
  const [chosen, setChosen] = useState(0);
  const offers = useOffers(props, typed);
  const list = useId();
  const box = useRef<HTMLInputElement>(null);
  const picked: Option | null = value.selected_option ?? null;
  const current = offers?.[Math.min(chosen, offers.length - 1)];

  const close = () => setTyped(null);
  const pick = (option: Option) => {
    onChange({ ...value, selected_option: option });
    close();
  };
  const write = (words: string) => {
    setTyped(words);
    setChosen(0);
  };
  const steer = (event: KeyboardEvent) => {
    if (typed === null) {
      if (event.key === "ArrowDown") write("");
      return;
    }
    const count = Math.max(offers?.length ?? 0, 1);
    if (event.key === "ArrowDown") setChosen((chosen + 1) % count);
    else if (event.key === "ArrowUp") setChosen((chosen + count - 1) % count);
    else if (event.key === "Enter" && current) pick(current);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="suggest">
      <input
        {...attributes(props)}
        ref={box}
        type="text"
        role="combobox"
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={typed !== null}
        aria-controls={typed === null ? undefined : list}
        aria-activedescendant={current ? `${list}-${offers?.indexOf(current)}` : undefined}
        placeholder={element.placeholder?.text ?? t("Choose an option")}
        value={typed ?? picked?.text.text ?? ""}
        onFocus={() => write("")}
        onBlur={close}
        onChange={(event) => write(event.target.value)}
        onKeyDown={steer}
      />
      {picked && typed === null && (
        <button
          type="button"
          className="suggest-clear"
          aria-label={t("Clear")}
          onClick={() => onChange({ ...value, selected_option: null })}
        >
          ×
        </button>
      )}
      {typed !== null && (
        <div id={list} role="listbox" aria-label={t("Options")} className="suggest-list">
          {offers === null && <p className="faint">{t("Looking…")}</p>}
          {offers?.length === 0 && <p className="faint">{t("No results")}</p>}
          {offers?.map((option, index) => (
            <div
              key={option.value}
              id={`${list}-${index}`}
              role="option"
              aria-selected={option === current}
              className="suggest-option"
              onMouseDown={(event) => {
                event.preventDefault();
                pick(option);
                box.current?.blur();
              }}
            >
              <PlainText text={option.text.text} />
              {option.description && (
                <small>
                  <PlainText text={option.description.text} />
                </small>
              )}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
