/** The menu of what may go wrong: what is armed is shown, and can be taken back. */

import type { ReactNode } from "react";
import { CloseButton, Dialog } from "./Dialog";
import { Icon } from "./icons";
import type { Trouble } from "./types";
import { t } from "./frame";

interface Props {
  troubles: Trouble[];
  make: (name: string, armed: boolean) => void;
  close: () => void;
}

export function TroubleMenu({ troubles, make, close }: Props): ReactNode {
  return (
    <Dialog className="dialog sandbox-dialog" labelledBy="trouble-title" onClose={close}>
      <form method="dialog" onSubmit={(event) => event.preventDefault()}>
        <header>
          <h2 id="trouble-title">{t("Make trouble")}</h2>
          <CloseButton label={t("Close")} onClick={close} />
        </header>
        <div className="dialog-body">
          <p className="faint">
            {t("Slipway knows nothing of this menu: the clouds, Slack and its own processes really fail.")}
          </p>
          <ul className="troubles" aria-live="polite">
            {troubles.map((one) => (
              <Row key={one.name} trouble={one} make={make} />
            ))}
          </ul>
        </div>
      </form>
    </Dialog>
  );
}

function Row({ trouble, make }: { trouble: Trouble; make: Props["make"] }): ReactNode {
  const { name, title, seen, is_armed: isArmed, does } = trouble;
  const id = `trouble-${name}`;
  return (
    <li className={isArmed ? "trouble armed" : "trouble"}>
      <div>
        <h3 id={id}>{t(title)}</h3>
        <p id={`${id}-seen`}>{t(seen)}</p>
        <p className="trouble-state">{state(trouble)}</p>
      </div>
      <button
        type="button"
        className="button"
        aria-label={isArmed ? t("Take back: {what}", { what: t(title) }) : t(title)}
        aria-describedby={`${id}-seen`}
        onClick={() => make(name, !isArmed)}
      >
        {t(isArmed ? "Take back" : does)}
      </button>
    </li>
  );
}

function state({ is_armed: isArmed, armed, happened }: Trouble): ReactNode {
  const past = happened === 0 ? "" : t(happened === 1 ? "Happened once." : "Happened {n} times.", { n: happened });
  if (!isArmed) return past;
  return (
    <>
      <Icon name="bolt" size={13} /> <b>{t(armed)}</b> {past}
    </>
  );
}

interface ButtonProps {
  troubles: Trouble[];
  open: () => void;
}

export function TroubleButton({ troubles, open }: ButtonProps): ReactNode {
  const armed = troubles.filter((one) => one.is_armed).length;
  return (
    <button type="button" className="trouble-button" title={t("Make trouble")} onClick={open}>
      <Icon name="bolt" size={16} />
      <span className="trouble-word">{t("Make trouble")}</span>
      {armed > 0 && (
        <span className="badge">
          {armed}
          <span className="hidden-text"> {t("armed")}</span>
        </span>
      )}
    </button>
  );
}
