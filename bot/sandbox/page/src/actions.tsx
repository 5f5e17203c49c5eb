/** Presses: asking for confirmation first, and what came of each. */

import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { type Answer, options, press, type Surface } from "./api";
import { ConfirmDialog } from "./ConfirmDialog";
import type { Confirm, Option } from "./types";

interface Pressed {
  block_id: string;
  action_id: string;
  value: string | null;
  confirm?: Confirm;
  url?: string;
}

export interface Presses {
  /** Sends the press, after the confirm dialog where there is one. */
  send: (what: Pressed) => void;
  /** Whether an answer is awaited for that element. */
  busy: (key: string) => boolean;
  /** What a picker offers for what was typed there. */
  suggest: (what: { block_id: string; action_id: string; value: string }) => Promise<Option[]>;
  /** What went wrong with the last press of that element. */
  warning: (key: string) => string | undefined;
}

const Context = createContext<Presses | null>(null);

export function usePresses(): Presses {
  const presses = useContext(Context);
  if (presses === null) throw new Error("no surface above this element");
  return presses;
}

export const pressKey = (what: { block_id: string; action_id: string; value: string | null }) =>
  `${what.block_id}/${what.action_id}/${what.value ?? ""}`;

type Outcome = "busy" | Answer;

/** Gives the elements inside it a way to be pressed. One per message or view. */
export function ActionSurface(props: { as: string; surface: Surface; children: ReactNode }): ReactNode {
  const { as, surface } = props;
  const [outcomes, setOutcomes] = useState<Record<string, Outcome>>({});
  const [asking, setAsking] = useState<Pressed | null>(null);

  const deliver = useCallback(
    async ({ confirm: _, url, ...what }: Pressed) => {
      if (url && /^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
      const note = (outcome: Outcome) => setOutcomes((old) => ({ ...old, [pressKey(what)]: outcome }));
      note("busy");
      note(await press(as, surface, what));
    },
    [as, surface],
  );

  const presses: Presses = {
    send: (what) => (what.confirm ? setAsking(what) : void deliver(what)),
    suggest: (what) => (surface.kind === "view" ? options(as, surface.view_id, what) : Promise.resolve([])),
    busy: (key) => outcomes[key] === "busy",
    warning: (key) => {
      const outcome = outcomes[key];
      return outcome && outcome !== "busy" && !outcome.ok ? explain(outcome) : undefined;
    },
  };
  return (
    <Context.Provider value={presses}>
      {props.children}
      {asking?.confirm && (
        <ConfirmDialog
          confirm={asking.confirm}
          onConfirm={() => {
            setAsking(null);
            void deliver(asking);
          }}
          onDeny={() => setAsking(null)}
        />
      )}
    </Context.Provider>
  );
}

const explain = (answer: Answer) =>
  `Slipway gave no good answer to this press (${answer.error ?? "unknown"}). What the message says is what holds.`;
