/** The app's Home tab. */

import { type ReactNode, useEffect, useMemo } from "react";
import { ActionSurface } from "./actions";
import { openHome } from "./api";
import { Avatar } from "./Avatar";
import { Blocks } from "./blocks/Blocks";
import { SidebarButton } from "./Channel";
import { useDirectory } from "./directory";
import { Icon, type IconName } from "./icons";
import { HOME, MESSAGES } from "./place";
import type { View } from "./types";
import { t } from "./frame";

interface Props {
  home: View | null;
  go: (name: string) => void;
  openSidebar: () => void;
}

/** The head of the app's place, with its two tabs. */
export function AppHead({ place, go, openSidebar }: Omit<Props, "home"> & { place: string }): ReactNode {
  const { people } = useDirectory();
  const app = [...people.values()].find((one) => one.is_bot && one.name !== "slackbot");
  const tabs: [string, string, IconName][] = [
    [HOME, t("Home"), "home"],
    [MESSAGES, t("Messages"), "thread"],
  ];
  return (
    <>
      <header className="channel-head">
        <SidebarButton open={openSidebar} />
        {app && <Avatar person={app} size={24} />}
        <h1>{app?.real_name ?? t("App")}</h1>
        <span className="app-tag">{t("APP")}</span>
      </header>
      <nav className="tabs" aria-label={t("Tabs of the app")}>
        {tabs.map(([name, words, icon]) => (
          <button
            key={name}
            type="button"
            className="tab"
            aria-current={place === name ? "page" : undefined}
            onClick={() => go(name)}
          >
            <Icon name={icon} size={15} /> {words}
          </button>
        ))}
      </nav>
    </>
  );
}

export function Home({ home, go, openSidebar }: Props): ReactNode {
  const { me } = useDirectory();

  useEffect(() => {
    void openHome(me.id);
  }, [me.id]);

  return (
    <main className="channel home" aria-label={t("App Home")}>
      <AppHead place={HOME} go={go} openSidebar={openSidebar} />
      <div className="home-scroll" tabIndex={0} role="region" aria-label={t("Home")}>
        <div className="home-content" aria-live="polite">
          {home ? <HomeView home={home} as={me.id} /> : <Nothing />}
        </div>
      </div>
    </main>
  );
}

function HomeView({ home, as }: { home: View; as: string }): ReactNode {
  const surface = useMemo(() => ({ kind: "view" as const, view_id: home.id }), [home.id]);
  return (
    <ActionSurface as={as} surface={surface}>
      <Blocks blocks={home.blocks} />
    </ActionSurface>
  );
}

function Nothing(): ReactNode {
  return (
    <div className="nothing">
      <p>{t("Slipway has put nothing on this tab.")}</p>
      <p className="faint">{t("What waits for you stands in the channels, on its cards.")}</p>
    </div>
  );
}
