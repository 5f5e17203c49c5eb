/** A form that Slipway opened: fields, their errors, and what is sent back. */

import { type FormEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { ActionSurface, usePresses } from "./actions";
import { type Answer, close, submit } from "./api";
import { Avatar } from "./Avatar";
import { Blocks, Text } from "./blocks/Blocks";
import { PlainText } from "./blocks/plain";
import { CloseButton, Dialog } from "./Dialog";
import { useDirectory } from "./directory";
import { Control, emptyValue, isEmpty, pickedValue } from "./fields";
import type { Block, FieldValue, Values, View } from "./types";
import { t } from "./frame";

interface Props {
  as: string;
  view: View;
  depth: number;
}

const inputs = (view: View) => view.blocks.filter((block) => block.type === "input");
const blockIdOf = (view: View, block: Block) => block.block_id ?? `block-${view.blocks.indexOf(block)}`;

/** Values of every input: what was typed, else what the form began with. */
function valuesOf(view: View, touched: Values): Values {
  const values: Values = {};
  for (const block of inputs(view)) {
    const blockId = blockIdOf(view, block);
    const actionId = block.element.action_id ?? "";
    values[blockId] = {
      [actionId]: touched[blockId]?.[actionId] ?? emptyValue(block.element),
    };
  }
  return values;
}

/** What Slack itself refuses before anything is sent. */
function missing(view: View, values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of inputs(view)) {
    const blockId = blockIdOf(view, block);
    const value = values[blockId]?.[block.element.action_id ?? ""];
    if (!value) continue;
    if (!block.optional && isEmpty(value)) errors[blockId] = t("Please complete this required field.");
    else if (block.element.type === "number_input" && !isEmpty(value)) {
      const error = numberError(block, pickedValue(value) ?? "");
      if (error) errors[blockId] = error;
    }
  }
  return errors;
}

function numberError(block: Block, text: string): string | null {
  const { is_decimal_allowed, min_value, max_value } = block.element;
  const pattern = is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(text.trim())) return t("Please enter a number.");
  if (min_value !== undefined && Number(text) < Number(min_value))
    return t("Please enter {n} or more.", { n: min_value });
  if (max_value !== undefined && Number(text) > Number(max_value))
    return t("Please enter {n} or less.", { n: max_value });
  return null;
}

function useForm({ as, view }: Props) {
  const [touched, setTouched] = useState<Values>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [attempts, setAttempts] = useState(0); // each leads to the first error
  const values = useMemo(() => valuesOf(view, touched), [view, touched]);

  const change = (blockId: string, actionId: string, value: FieldValue) => {
    setTouched((old) => ({ ...old, [blockId]: { ...old[blockId], [actionId]: value } }));
    setErrors(({ [blockId]: _, ...others }) => others);
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (sending) return;
    const lacking = missing(view, values);
    setErrors(lacking);
    setProblem(null);
    setAttempts((count) => count + 1);
    if (Object.keys(lacking).length > 0) return;
    setSending(true);
    const answer = await submit(as, view.id, values);
    setSending(false);
    setErrors(answer.errors ?? {});
    setAttempts((count) => count + 1);
    if (!answer.ok && !answer.errors) setProblem(trouble(answer));
  };
  return { values, errors, problem, sending, attempts, change, send };
}

const trouble = (answer: Answer) =>
  `${t("We had some trouble connecting. Try again?")}${answer.error ? ` (${answer.error})` : ""}`;

export function Modal(props: Props): ReactNode {
  const { as, view, depth } = props;
  const id = useId();
  const form = useForm(props);
  const { people } = useDirectory();
  const app = [...people.values()].find((one) => one.is_bot && one.name !== "slackbot");
  const surface = useMemo(() => ({ kind: "view" as const, view_id: view.id }), [view.id]);
  const leave = () => void close(as, view.id);
  const element = useRef<HTMLFormElement>(null);
  // Where there is nothing to fill in, the keyboard could not reach what there is to read.
  const scrolled = inputs(view).length === 0 ? { tabIndex: 0, role: "region", "aria-labelledby": id } : {};

  useEffect(() => {
    element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [form.attempts]);

  const drawInput = (block: Block, blockId: string) => {
    const actionId = block.element.action_id ?? "";
    const value = form.values[blockId]?.[actionId] ?? emptyValue(block.element);
    return (
      <Field
        block={block}
        blockId={blockId}
        value={value}
        error={form.errors[blockId]}
        onChange={(next) => form.change(blockId, actionId, next)}
      />
    );
  };
  return (
    <Dialog labelledBy={id} className="dialog modal" onClose={leave}>
      <form ref={element} onSubmit={form.send} noValidate>
        <header>
          {app && <Avatar person={app} size={28} />}
          <h2 id={id}>
            <Text of={view.title} />
          </h2>
          <CloseButton label={t(depth > 1 ? "Back" : "Close")} onClick={leave} />
        </header>
        <div className="dialog-body" {...scrolled}>
          {form.problem && (
            <p className="form-problem" role="alert">
              {form.problem}
            </p>
          )}
          <ActionSurface as={as} surface={surface}>
            <Blocks blocks={view.blocks} input={drawInput} />
          </ActionSurface>
        </div>
        <footer>
          <button type="button" className="button large" onClick={leave}>
            {view.close?.text ?? t("Close")}
          </button>
          {view.submit && (
            <button
              type="submit"
              className="button large primary"
              disabled={form.sending}
              aria-busy={form.sending}
            >
              <span className="button-text">{view.submit.text}</span>
              {form.sending && <span className="spinner" aria-hidden="true" />}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  block: Block;
  blockId: string;
  value: FieldValue;
  error: string | undefined;
  onChange: (value: FieldValue) => void;
}

function Field({ block, blockId, value, error, onChange }: FieldProps): ReactNode {
  const id = useId();
  const { send } = usePresses();
  const grouped = block.element.type === "radio_buttons" || block.element.type === "checkboxes";
  const Label = grouped ? "span" : "label";
  const change = (next: FieldValue) => {
    onChange(next);
    if (!block.dispatch_action || block.element.type === "plain_text_input") return;
    send({ block_id: blockId, action_id: block.element.action_id ?? "", value: pickedValue(next) });
  };
  const notes = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={error ? "form-field invalid" : "form-field"}>
      <Label id={`${id}-label`} className="form-label" {...(grouped ? {} : { htmlFor: id })}>
        <PlainText text={block.label?.text ?? ""} />
        {block.optional && <span className="faint">{t(" (optional)")}</span>}
      </Label>
      <Control
        element={block.element as any}
        blockId={blockId}
        id={id}
        value={value}
        onChange={change}
        describedBy={notes || undefined}
        invalid={error !== undefined}
      />
      {error && (
        <p className="form-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {block.hint && (
        <p className="form-hint" id={`${id}-hint`}>
          <PlainText text={block.hint.text} />
        </p>
      )}
    </div>
  );
}
