/** Controls of forms, and their values exactly as Slack words them in `state.values`. */

import type { ReactNode } from "react";
import { PlainText } from "./blocks/plain";
import { useDirectory } from "./directory";
import { Suggest, SuggestSeveral } from "./Suggest";
import type { Element, FieldValue, Option } from "./types";
import { t } from "./frame";

// Per type: the key that holds the choice, and the element's key that holds the first one.
const SINGLE: Record<string, [string, string]> = {
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
};
const TYPED = new Set(["plain_text_input", "number_input", "email_text_input", "url_text_input"]);
const OPTION = new Set(["static_select", "external_select", "radio_buttons"]);
const OPTIONS = new Set(["checkboxes", "multi_static_select", "multi_external_select"]);

export const isControl = (type: string) =>
  TYPED.has(type) || OPTION.has(type) || OPTIONS.has(type) || type in SINGLE;

/** What `state.values` holds before anybody touched the control. */
export function emptyValue(element: Element): FieldValue {
  const { type } = element;
  if (OPTION.has(type)) return { type, selected_option: element.initial_option ?? null };
  if (OPTIONS.has(type)) return { type, selected_options: element.initial_options ?? [] };
  const single = SINGLE[type];
  if (single) return { type, [single[0]]: element[single[1]] ?? null };
  return { type, value: element.initial_value ?? null };
}

/** The one string that a press of this control carries. */
export function pickedValue(value: FieldValue): string | null {
  if (OPTION.has(value.type)) return value.selected_option?.value ?? null;
  if (OPTIONS.has(value.type)) {
    return value.selected_options.map((option: Option) => option.value).join(",");
  }
  const single = SINGLE[value.type];
  return (single ? value[single[0]] : value.value) ?? null;
}

export const isEmpty = (value: FieldValue) => {
  const picked = pickedValue(value);
  return picked === null || picked.trim() === "";
};

export interface Props {
  element: Element;
  blockId?: string;
  value: FieldValue;
  onChange: (value: FieldValue) => void;
  label?: string;
  id?: string;
  describedBy?: string;
  invalid?: boolean;
}

export const attributes = (props: Props) => ({
  id: props.id,
  "aria-label": props.label,
  "aria-describedby": props.describedBy,
  "aria-invalid": props.invalid || undefined,
  "data-autofocus": props.element.focus_on_load || undefined,
});

function Typed(props: Props): ReactNode {
  const { element, value, onChange } = props;
  const shared = {
    ...attributes(props),
    value: value.value ?? "",
    placeholder: element.placeholder?.text,
    minLength: element.min_length,
    maxLength: element.max_length,
    onChange: (event: { target: { value: string } }) =>
      onChange({ ...value, value: event.target.value === "" ? null : event.target.value }),
  };
  if (element.multiline) return <textarea rows={4} {...shared} />;
  if (element.type === "number_input") {
    // A text box: browsers' own number boxes swallow what they cannot read, and errors with it.
    return <input type="text" inputMode={element.is_decimal_allowed ? "decimal" : "numeric"} {...shared} />;
  }
  const kinds: Record<string, string> = { email_text_input: "email", url_text_input: "url" };
  return <input type={kinds[element.type] ?? "text"} autoComplete="off" {...shared} />;
}

const plain = (text: string) => ({ type: "plain_text", text });

/** What a select offers, with the groups that Slack may put them in. */
function useOffers(element: Element): { label: string | null; options: Option[] }[] {
  const { people, channels } = useDirectory();
  if (element.type === "users_select") {
    const listed = [...people.values()].filter((one) => !one.is_bot);
    return [
      {
        label: null,
        options: listed.map((one) => ({ value: one.id, text: plain(`${one.real_name} — ${t(one.title)}`) })),
      },
    ];
  }
  if (element.type === "conversations_select" || element.type === "channels_select") {
    const listed = [...channels.values()].filter((one) => !one.is_archived);
    return [{ label: null, options: listed.map((one) => ({ value: one.id, text: plain(`#${one.name}`) })) }];
  }
  const groups = element.option_groups ?? [{ label: null, options: element.options ?? [] }];
  const initial: Option | undefined = element.initial_option;
  const offered = groups.flatMap((group: { options: Option[] }) => group.options);
  const known = !initial || offered.some((one: Option) => one.value === initial.value);
  const first = known ? [] : [{ label: null, options: [initial] }];
  return [...first, ...groups].map((group) => ({
    label: group.label?.text ?? null,
    options: group.options,
  }));
}

function Select(props: Props): ReactNode {
  const { element, value, onChange } = props;
  const offers = useOffers(element);
  const pick = (chosen: string) => {
    const single = SINGLE[element.type];
    if (single) return onChange({ ...value, [single[0]]: chosen || null });
    const option = offers.flatMap((group) => group.options).find((one) => one.value === chosen);
    onChange({ ...value, selected_option: option ?? null });
  };
  const options = (group: { options: Option[] }) =>
    group.options.map((option) => (
      <option key={option.value} value={option.value}>
        {option.text.text}
      </option>
    ));
  return (
    <select
      {...attributes(props)}
      value={pickedValue(value) ?? ""}
      onChange={(event) => pick(event.target.value)}
    >
      <option value="">{element.placeholder?.text ?? t("Choose an option")}</option>
      {offers.map((group, index) =>
        group.label === null ? (
          options(group)
        ) : (
          <optgroup key={index} label={group.label}>
            {options(group)}
          </optgroup>
        ),
      )}
    </select>
  );
}

function Choices(props: Props): ReactNode {
  const { element, value, onChange, id, label, describedBy } = props;
  const radio = element.type === "radio_buttons";
  const chosen: Option[] = radio ? [value.selected_option].filter(Boolean) : value.selected_options;
  const toggle = (option: Option, on: boolean) => {
    if (radio) return onChange({ ...value, selected_option: option });
    const others = chosen.filter((one) => one.value !== option.value);
    onChange({ ...value, selected_options: on ? [...others, option] : others });
  };
  return (
    <div
      role={radio ? "radiogroup" : "group"}
      className="choices"
      aria-label={label}
      aria-labelledby={label ? undefined : `${id}-label`}
      aria-describedby={describedBy}
    >
      {(element.options ?? []).map((option: Option) => (
        <label key={option.value} className="choice">
          <input
            type={radio ? "radio" : "checkbox"}
            name={id ?? element.action_id}
            checked={chosen.some((one) => one.value === option.value)}
            onChange={(event) => toggle(option, event.target.checked)}
          />
          <span>
            <PlainText text={option.text.text} />
            {option.description && (
              <small>
                <PlainText text={option.description.text} />
              </small>
            )}
          </span>
        </label>
      ))}
    </div>
  );
}

export function Control(props: Props): ReactNode {
  const { element, value, onChange } = props;
  if (TYPED.has(element.type)) return <Typed {...props} />;
  if (element.type === "multi_external_select") return <SuggestSeveral {...props} />;
  if (element.type === "radio_buttons" || OPTIONS.has(element.type)) return <Choices {...props} />;
  if (element.type === "datepicker" || element.type === "timepicker") {
    const [key] = SINGLE[element.type] ?? ["value"];
    return (
      <input
        {...attributes(props)}
        type={element.type === "datepicker" ? "date" : "time"}
        value={value[key] ?? ""}
        onChange={(event) => onChange({ ...value, [key]: event.target.value || null })}
      />
    );
  }
  if (element.type === "external_select") return <Suggest {...props} />;
  if (isControl(element.type)) return <Select {...props} />;
  return (
    <span className="unknown-block">An element of type {element.type}, which this page cannot draw</span>
  );
}
