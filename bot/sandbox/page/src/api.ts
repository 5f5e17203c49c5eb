/** The workspace's API: one function per path, and the stream of what happens. */

import type { Option, Sandbox, Snapshot, StreamEvent, Values } from "./types";

export interface Answer {
  ok: boolean;
  error?: string;
  errors?: Record<string, string>;
}

/** Where a press happened: a message, or a view. */
export type Surface =
  { kind: "message"; channel: string; ts: string; ephemeral: boolean } | { kind: "view"; view_id: string };

export interface Press {
  block_id: string;
  action_id: string;
  value: string | null;
}

const RECONNECT_AFTER = 1500; // milliseconds

/** Reads everything this person may see. Throws when the workspace does not answer. */
export async function fetchState(as: string): Promise<Snapshot> {
  const response = await fetch(`/workspace/state?as=${encodeURIComponent(as)}`);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `HTTP ${response.status}`);
  return body as Snapshot;
}

/** Reads the sandbox's own part; null where this workspace is no sandbox, or does not answer. */
export async function fetchSandbox(): Promise<Sandbox | null> {
  try {
    const response = await fetch("/sandbox/state");
    return response.ok ? ((await response.json()) as Sandbox) : null;
  } catch {
    return null;
  }
}

/** Posts and never throws: a lost connection is an answer too. */
async function post(path: string, body: object): Promise<Answer> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    return response.ok ? answer : { ok: false, error: answer.error ?? `HTTP ${response.status}` };
  } catch {
    return { ok: false, error: "the workspace does not answer" };
  }
}

export const say = (as: string, channel: string, thread_ts: string | null, text: string) =>
  post("/workspace/say", { as, channel, thread_ts, text });

/** Puts an emoji on a message, or takes one's own away. */
export const react = (as: string, channel: string, ts: string, name: string, added: boolean) =>
  post("/workspace/react", { as, channel, ts, name, added });

export function press(as: string, surface: Surface, what: Press): Promise<Answer> {
  const { kind, ...where } = surface;
  const target = kind === "message" ? where : { ...where, channel: null, ts: null, ephemeral: false };
  return post("/workspace/press", { as, ...target, ...what });
}

/** What a picker offers for what was typed there; nothing where the app gives none. */
export async function options(as: string, view_id: string, what: Press): Promise<Option[]> {
  const answer = (await post("/workspace/options", { as, view_id, ...what })) as Answer & { options?: Option[] };
  return answer.options ?? [];
}

/** Chooses one of the app's shortcuts that belong to no message. */
export const shortcut = (as: string, callback_id: string) => post("/workspace/shortcut", { as, callback_id });

/** Chooses one of the app's shortcuts from the menu of a message. */
export const messageShortcut = (as: string, channel: string, ts: string, callback_id: string) =>
  post("/workspace/message_shortcut", { as, channel, ts, callback_id });

export const submit = (as: string, view_id: string, values: Values) =>
  post("/workspace/submit", { as, view_id, values });

export const close = (as: string, view_id: string) => post("/workspace/close", { as, view_id });

export const openHome = (as: string) => post("/workspace/open_home", { as });

/** Chooses the language in which this person uses Slack. */
export const speak = (as: string, locale: string) => post("/workspace/language", { as, locale });

/** Arms a trouble or takes it back, and returns how things stand then. */
export async function makeTrouble(as: string, name: string, armed: boolean): Promise<Sandbox | null> {
  const answer = (await post("/sandbox/trouble", { as, name, armed })) as Answer & Partial<Sandbox>;
  return answer.ok && answer.troubles ? (answer as Sandbox & Answer) : null;
}

/** Follows the stream, through lost connections, until the returned function is called. */
export function follow(
  as: string,
  on: { open: () => void; event: (event: StreamEvent) => void; lost: () => void },
): () => void {
  let source: EventSource | null = null;
  let timer: number | undefined;

  function connect(): void {
    source = new EventSource(`/workspace/stream?as=${encodeURIComponent(as)}`);
    source.onopen = on.open;
    source.onmessage = (message) => on.event(JSON.parse(message.data));
    source.onerror = () => {
      // The browser's own retry waits unevenly and gives up for good after an HTTP error: do it here.
      source?.close();
      on.lost();
      timer = window.setTimeout(connect, RECONNECT_AFTER);
    };
  }

  connect();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}
