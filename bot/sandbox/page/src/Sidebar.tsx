/** Workspace name, who you are, channels, apps and people. */

import type { ReactNode } from "react";
import { Avatar } from "./Avatar";
import { useDirectory } from "./directory";
import { PersonMenu } from "./PersonMenu";
import { Icon } from "./icons";
import { addressOf, HOME, MESSAGES } from "./place";
import { useSandboxActions } from "./sandbox";
import type { Channel, Sandbox } from "./types";
import type { Unread } from "./unread";
import { t } from "./frame";

interface Props {
  team: string;
  channels: Channel[];
  unread: Record<string, Unread>;
  place: string;
  go: (name: string) => void;
  become: (person: string) => void;
}

export function Sidebar(props: Props): ReactNode {
  const { team, channels, unread, place, go, become } = props;
  const { people, me } = useDirectory();
  const humans = [...people.values()].filter((one) => !one.is_bot);
  const app = [...people.values()].find((one) => one.is_bot && one.name !== "slackbot");
  const direct = channels.find((one) => one.is_im);
  const { sandbox } = useSandboxActions();
  return (
    <aside className="sidebar" aria-label={t("Workspace")}>
      <header className="sidebar-head">
        <p className="team">{team}</p>
        <PersonMenu people={humans} become={become} place={place} />
      </header>
      <div className="sidebar-scroll">
        <nav aria-label={t("Channels and apps")}>
          <h2 id="channels">{t("Channels")}</h2>
          <ul aria-labelledby="channels">
            {channels.filter((one) => !one.is_im).map((channel) => (
              <li key={channel.id}>
                <ChannelLink
                  channel={channel}
                  unread={unread[channel.id]}
                  current={place === channel.name}
                  go={go}
                />
              </li>
            ))}
          </ul>
          {app && (
            <>
              <h2 id="apps">{t("Apps")}</h2>
              <ul aria-labelledby="apps">
                <li>
                  <button
                    type="button"
                    className="row"
                    aria-current={place === HOME || place === MESSAGES ? "page" : undefined}
                    onClick={() => go(direct && unread[direct.id]?.messages ? MESSAGES : HOME)}
                  >
                    <Avatar person={app} size={20} />
                    <span className="row-name">{app.real_name}</span>
                    <Badge of={direct && unread[direct.id]} />
                  </button>
                </li>
              </ul>
            </>
          )}
        </nav>
        {sandbox && <SandboxRows sandbox={sandbox} />}
        <section aria-labelledby="people">
          <h2 id="people">{t("People")}</h2>
          <ul>
            {humans.map((person) => (
              <li key={person.id}>
                <button
                  type="button"
                  className="row"
                  disabled={person.id === me.id}
                  title={person.id === me.id ? t("This is you") : t("Act as {name}, {title}", { name: person.real_name, title: t(person.title) })}
                  onClick={() => become(person.id)}
                >
                  <span className="presence">
                    <Avatar person={person} size={20} />
                    <i />
                  </span>
                  <span className="row-name">
                    {person.id !== me.id && <span className="hidden-text">{t("Act as")} </span>}
                    {person.real_name} <small aria-hidden="true">{t(person.id === me.id ? "you" : person.title)}</small>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
        <footer className="sidebar-foot">
          {t("Only Slack and the clouds are simulated here. ")}
          <a href="/assets/licences.md" target="_blank" rel="noreferrer">
            {t("Licences")}
          </a>
        </footer>
      </div>
    </aside>
  );
}

/** What only a sandbox has: things to try, and a freeze by the real command. */
function SandboxRows({ sandbox }: { sandbox: Sandbox }): ReactNode {
  const { people } = useDirectory();
  const { follow, open } = useSandboxActions();
  const { is_on: isOn, by, on, off } = sandbox.freeze;
  const admin = people.get(by)?.real_name ?? by;
  return (
    <section aria-labelledby="sandbox">
      <h2 id="sandbox">{t("Sandbox")}</h2>
      <button type="button" className="row" onClick={() => open("guide")}>
        <Icon name="guide" size={16} />
        <span className="row-name">{t("Try this")}</span>
      </button>
      <button
        type="button"
        className="row"
        role="switch"
        aria-checked={isOn}
        title={t("{name}, an admin, types {words}", { name: admin, words: isOn ? off : on })}
        onClick={() => follow({ by, types: isOn ? off : on, opens: "", says: "" })}
      >
        <Icon name="snow" size={16} />
        <span className="row-name">{t("Freeze all changes")}</span>
        <span className="switch" aria-hidden="true" />
      </button>
    </section>
  );
}

function Badge({ of }: { of: Unread | undefined }): ReactNode {
  const mentions = of?.mentions ?? 0;
  if (mentions === 0) return null;
  return (
    <span className="badge">
      {mentions}
      <span className="hidden-text"> {t("unread for you")}</span>
    </span>
  );
}

interface LinkProps {
  channel: Channel;
  unread: Unread | undefined;
  current: boolean;
  go: (name: string) => void;
}

function ChannelLink({ channel, unread, current, go }: LinkProps): ReactNode {
  const { me } = useDirectory();
  const fresh = unread?.messages ?? 0;
  const mentions = unread?.mentions ?? 0;
  return (
    <a
      href={addressOf(me.id, channel.name)}
      className={fresh > 0 ? "row unread" : "row"}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return; // a new tab, as with any link
        event.preventDefault();
        go(channel.name);
      }}
    >
      <span className="hash" aria-hidden="true">
        #
      </span>
      <span className="row-name">{channel.name}</span>
      <Badge of={unread} />
      {fresh > 0 && mentions === 0 && <span className="hidden-text">, {t("unread messages")}</span>}
    </a>
  );
}
