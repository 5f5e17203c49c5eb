/** What the workspace sends. Blocks stay open records: a newer Slipway may send kinds this page does not know. */

export type Json = Record<string, any>;

export interface Person {
  id: string;
  name: string;
  real_name: string;
  title: string;
  is_bot: boolean;
  locale: string; // in which Slack addresses them
}

export interface Group {
  id: string;
  handle: string;
  users: string[];
}

export interface Channel {
  id: string;
  name: string;
  topic: string;
  is_archived: boolean;
  /** A direct conversation with the app. */
  is_im?: boolean;
  members?: string[];
  /** A document that its members go on with. */
  canvas?: SharedFile | null;
}

export interface Command {
  command: string;
  description: string;
  usage_hint: string;
}

export interface Shortcut {
  callback_id: string;
  name: string;
}

export interface Message {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks: Block[] | null;
  thread_ts: string | null;
  reply_broadcast: boolean;
  edited: boolean;
  ephemeral: boolean;
  deleted: boolean;
  files?: SharedFile[];
  reactions?: Reaction[];
}

export interface Reaction {
  name: string;
  users: string[];
}

export interface SharedFile {
  id: string;
  name: string;
  title: string;
  size: number;
  url_private: string;
}

export interface Block extends Json {
  type: string;
  block_id?: string;
}

export interface TextObject {
  type: string;
  text: string;
  emoji?: boolean;
  verbatim?: boolean;
}

export interface Option {
  text: TextObject;
  value: string;
  description?: TextObject;
}

export interface Confirm {
  title?: TextObject;
  text?: TextObject;
  confirm?: TextObject;
  deny?: TextObject;
  style?: string;
}

export interface Element extends Json {
  type: string;
  action_id?: string;
}

export type FieldValue = Json & { type: string };
export type Values = Record<string, Record<string, FieldValue>>;

export interface View {
  id: string;
  callback_id: string;
  type: "modal" | "home";
  title?: TextObject | null;
  submit?: TextObject | null;
  close?: TextObject | null;
  blocks: Block[];
  private_metadata: string;
  hash: string;
}

export interface Snapshot {
  team: { id: string; name: string };
  me: string;
  people: Person[];
  groups: Group[];
  channels: Channel[];
  commands: Command[];
  /** Of the app, in no message. */
  shortcuts: Shortcut[];
  /** Of the app, in the menu of each message. */
  message_shortcuts: Shortcut[];
  messages: Record<string, Message[]>;
  views: View[];
  home: View | null;
}

export interface GuideLine {
  by: string;
  types: string;
  opens: "" | "trouble";
  says: string;
}

export interface Chapter {
  title: string;
  lines: GuideLine[];
  place?: "" | "incident";
}

export interface Trouble {
  name: string;
  title: string;
  /** What people will see of it. */
  seen: string;
  /** What its button says, and what is said while it is armed. */
  does: string;
  armed: string;
  is_armed: boolean;
  happened: number;
}

/** What the sandbox adds to the workspace. */
export interface Sandbox {
  guide: Chapter[];
  troubles: Trouble[];
  freeze: { is_on: boolean; by: string; on: string; off: string };
}

export type StreamEvent =
  | { type: "message"; message: Message }
  | { type: "message_deleted"; channel: string; ts: string }
  | { type: "views"; views: View[] }
  | { type: "home"; home: View | null }
  | { type: "notice"; channel: string; text: string; thread_ts?: string | null }
  | { type: "people" }
  | { type: "sandbox" }
  | { type: "channels" };
