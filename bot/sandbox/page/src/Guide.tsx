/** What a newcomer can click: each line is typed as somebody, or leads on. */

import type { ReactNode } from "react";
import { Avatar } from "./Avatar";
import { CloseButton, Dialog } from "./Dialog";
import { stranger, useDirectory } from "./directory";
import { Icon } from "./icons";
import type { Chapter, GuideLine } from "./types";
import { t } from "./frame";

const INCIDENT = /^inc-/;

interface Props {
  chapters: Chapter[];
  channel: string;
  follow: (line: GuideLine) => void;
}

/** The chapters of a channel: an incident has its own, all others share theirs. */
export function Guide({ chapters, channel, follow }: Props): ReactNode {
  const place = INCIDENT.test(channel) ? "incident" : "";
  return (
    <ol className="guide" aria-label={t("Steps to try")}>
      {chapters.filter((chapter) => (chapter.place ?? "") === place).map((chapter) => (
        <li key={chapter.title}>
          <h3>{t(chapter.title)}</h3>
          <ul>
            {chapter.lines.map((line) => (
              <li key={`${line.by} ${line.types}${line.opens}`}>
                <Step line={line} follow={follow} />
                <p>{t(line.says)}</p>
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
  if (line.opens)
    return (
      <button type="button" className="step" onClick={() => follow(line)}>
        <Icon name="bolt" size={16} /> {t("Open its menu…")}
      </button>
    );
  if (!line.types)
    return (
      <button type="button" className="step" disabled={isMine} onClick={() => follow(line)}>
        <Avatar person={person} size={18} /> {t(isMine ? "You are {name} now" : "Be {name} now", { name: person.real_name })}
      </button>
    );
  return (
    <button
      type="button"
      className="step"
      title={t("Types it as {name}", { name: person.real_name })}
      aria-label={t("As {name}: {words}", { name: person.real_name, words: line.types })}
      onClick={() => follow(line)}
    >
      <Avatar person={person} size={18} /> <code>{line.types}</code>
    </button>
  );
}

export function GuideDialog({ chapters, channel, follow, close }: Props & { close: () => void }): ReactNode {
  return (
    <Dialog className="dialog sandbox-dialog" labelledBy="guide-title" onClose={close}>
      <form method="dialog" onSubmit={(event) => event.preventDefault()}>
        <header>
          <h2 id="guide-title">{t("Try this")}</h2>
          <CloseButton label={t("Close")} onClick={close} />
        </header>
        <div className="dialog-body">
          <Guide
            chapters={chapters}
            channel={channel}
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
