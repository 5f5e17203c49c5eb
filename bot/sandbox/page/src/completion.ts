/** What the message box offers while somebody types. */

import type { Command, Person } from "./types";

export interface Offer {
  /** What the text becomes up to the caret. */
  text: string;
  title: string;
  detail: string;
  hint: string;
}

/** Commands that begin as the text does; after the first space there is nothing to complete. */
function commandOffers(text: string, commands: Command[]): Offer[] {
  if (!/^\/\S*$/.test(text)) return [];
  return commands
    .filter((one) => one.command.startsWith(text.toLowerCase()))
    .map((one) => ({
      text: `${one.command} `,
      title: one.command,
      detail: one.description,
      hint: one.usage_hint,
    }));
}

function personOffers(text: string, people: Person[]): Offer[] {
  const match = /(?:^|\s)@([\w.-]*)$/.exec(text);
  if (!match) return [];
  const begun = (match[1] ?? "").toLowerCase();
  const before = text.slice(0, text.length - begun.length);
  return people
    .filter((one) => one.name !== "slackbot")
    .filter((one) => one.name.startsWith(begun) || one.real_name.toLowerCase().startsWith(begun))
    .map((one) => ({
      text: `${before}${one.name} `,
      title: one.real_name,
      detail: one.title,
      hint: "",
    }));
}

export const offersFor = (text: string, commands: Command[], people: Person[]): Offer[] => [
  ...commandOffers(text, commands),
  ...personOffers(text, people),
];

/** Turns `@ann` into the mention that Slack sends; the text of a command stays as typed. */
export function withMentions(text: string, people: Person[]): string {
  if (text.startsWith("/")) return text;
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replace(/(^|[\s(])@([\w.-]*\w)/g, (whole, before: string, name: string) => {
    const person = people.find((one) => one.name === name.toLowerCase());
    return person ? `${before}<@${person.id}>` : whole;
  });
}
