/** Coloured initials: nobody's picture is fetched from anywhere. */

import type { ReactNode } from "react";
import type { Person } from "./types";

const COLOURS = ["#1264a3", "#007a5a", "#b5480a", "#8b2fa8", "#a8204f", "#3f6b00", "#5a4fcf", "#0b6e7f"];

function colour(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return COLOURS[sum % COLOURS.length] ?? "#1264a3";
}

const SHIP = "M4 20h24l-4 7H8zM15 4v14H5zM17 7v11h9z";
const HEART = "M16 26C4 18 5 8 11 8c3 0 5 3 5 3s2-3 5-3c6 0 7 10-5 18z";

/** Drawn by the styles: a picture, and no word of what it stands in. */
const letterOf = (person: Person) => (person.is_bot ? undefined : (person.real_name[0] ?? "?").toUpperCase());

export function Avatar({ person, size = 36 }: { person: Person; size?: number }): ReactNode {
  const background = person.is_bot ? (person.name === "slackbot" ? "#5b2a66" : "#2b2d6e") : colour(person.id);
  const style = { width: size, height: size, background, fontSize: size * 0.45 };
  return (
    <span className="avatar" style={style} data-letter={letterOf(person)} aria-hidden="true">
      {person.is_bot && (
        <svg viewBox="0 0 32 32" width="72%" height="72%">
          <path d={person.name === "slackbot" ? HEART : SHIP} fill="#fff" />
        </svg>
      )}
    </span>
  );
}
