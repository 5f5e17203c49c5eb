/** What a newcomer can click: each line is typed as somebody, or leads on. */

import type { ReactNode } from "react";
import { Avatar } from "./Avatar";
import { CloseButton, Dialog } from "./Dialog";
import { stranger, useDirectory } from "./directory";
import { Icon } from "./icons";
import type { Chapter, GuideLine } from "./types";

interface Props {
  chapters: Chapter[];
  follow: (line: GuideLine) => void;
}

export function Guide({ chapters, follow }: Props): ReactNode {
  return (
    <ol className="guide" aria-label="Steps to try">
      {chapters.map((chapter) => (
        <li key={chapter.title}>
          <h4>{chapter.title}</h4>
          <ul>
            {chapter.lines.map((line) => (
              <li key={`${line.by} ${line.types}${line.opens}`}>
                <Step line={line} follow={follow} />
                <p>{line.says}</p>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function Step({ line, follow }: { line: GuideLine; follow: Props["follow"] }): ReactNode {
  const { people, me } = useDirectory();
  const person = people.get(line.by) ?? stranger(line.by);
  const isMine = person.id === me.id;
  const name = isMine ? `${person.real_name}, you` : person.real_name;
  if (line.opens)
    return (
      <button type="button" className="step" onClick={() => follow(line)}>
        <Icon name="bolt" size={16} /> Open its menu…
      </button>
    );
  if (!line.types)
    return (
      <button type="button" className="step" disabled={isMine} onClick={() => follow(line)}>
        <Avatar person={person} size={18} /> {isMine ? `You are ${person.real_name} now` : `Be ${name} now`}
      </button>
    );
  return (
    <button
      type="button"
      className="step"
      title={`Types it as ${person.real_name}`}
      aria-label={`As ${person.real_name}: ${line.types}`}
      onClick={() => follow(line)}
    >
      <Avatar person={person} size={18} /> <code>{line.types}</code>
    </button>
  );
}

export function GuideDialog({ chapters, follow, close }: Props & { close: () => void }): ReactNode {
  return (
    <Dialog className="dialog sandbox-dialog" labelledBy="guide-title" onClose={close}>
      <form method="dialog" onSubmit={(event) => event.preventDefault()}>
        <header>
          <h2 id="guide-title">Try this</h2>
          <CloseButton label="Close" onClick={close} />
        </header>
        <div className="dialog-body">
          <Guide
            chapters={chapters}
            follow={(line) => {
              close();
              follow(line);
            }}
          />
        </div>
      </form>
    </Dialog>
  );
}
