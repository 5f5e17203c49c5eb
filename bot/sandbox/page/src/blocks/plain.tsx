/** Plain text in which only emoji names mean something: labels, titles, choices. */

import type { ReactNode } from "react";
import { emoji } from "./emoji";

const EMOJI = /:([a-z0-9_+'-]+):(?::skin-tone-\d:)?/g;

export function Emoji({ name, otherwise = null }: { name: string; otherwise?: string | null }): ReactNode {
  const character = emoji(name) ?? otherwise;
  if (character === null) return `:${name}:`;
  return (
    <span className="emoji" role="img" aria-label={name.replaceAll("_", " ")} title={`:${name}:`}>
      {character}
    </span>
  );
}

export function PlainText({ text }: { text: string }): ReactNode {
  const nodes: ReactNode[] = [];
  let last = 0;
  for (const match of text.matchAll(EMOJI)) {
    nodes.push(text.slice(last, match.index));
    nodes.push(<Emoji key={match.index} name={match[1] ?? ""} />);
    last = match.index + match[0].length;
  }
  return [...nodes, text.slice(last)];
}
