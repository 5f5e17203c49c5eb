/** Names for ids: who and what a mention means. */

import { createContext, useContext } from "react";
import { SLACKBOT } from "./state";
import type { Channel, Command, Group, Person, Shortcut, Snapshot } from "./types";

export interface Directory {
  me: Person;
  people: Map<string, Person>;
  groups: Map<string, Group>;
  channels: Map<string, Channel>;
  commands: Command[];
  shortcuts: Shortcut[];
  messageShortcuts: Shortcut[];
  openChannel: (id: string) => void;
}

const SLACKBOT_PERSON: Person = {
  id: SLACKBOT,
  name: "slackbot",
  real_name: "Slackbot",
  title: "",
  is_bot: true,
  locale: "en-US",
};

const Context = createContext<Directory | null>(null);
export const DirectoryProvider = Context.Provider;

export function useDirectory(): Directory {
  const directory = useContext(Context);
  if (directory === null) throw new Error("no directory above this component");
  return directory;
}

export function directoryOf(snapshot: Snapshot, openChannel: (id: string) => void): Directory {
  const people = new Map(snapshot.people.map((one) => [one.id, one]));
  if (!people.has(SLACKBOT)) people.set(SLACKBOT, SLACKBOT_PERSON);
  return {
    me: people.get(snapshot.me) ?? stranger(snapshot.me),
    people,
    groups: new Map(snapshot.groups.map((one) => [one.id, one])),
    channels: new Map(snapshot.channels.map((one) => [one.id, one])),
    commands: snapshot.commands,
    shortcuts: snapshot.shortcuts ?? [],
    messageShortcuts: snapshot.message_shortcuts ?? [],
    openChannel,
  };
}

/** Stands in for an id that the workspace did not list. */
export function stranger(id: string): Person {
  return { id, name: id, real_name: id, title: "", is_bot: false, locale: "en-US" };
}
