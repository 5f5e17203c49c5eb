/** The app's Home tab. */

import { type ReactNode, useEffect, useMemo } from "react";
import { ActionSurface } from "./actions";
import { openHome } from "./api";
import { Avatar } from "./Avatar";
import { Blocks } from "./blocks/Blocks";
import { SidebarButton } from "./Channel";
import { useDirectory } from "./directory";
import { Icon } from "./icons";
import type { View } from "./types";

interface Props {
  home: View | null;
  openSidebar: () => void;
}

export function Home({ home, openSidebar }: Props): ReactNode {
  const { people, me } = useDirectory();
  const app = [...people.values()].find((one) => one.is_bot && one.name !== "slackbot");

  useEffect(() => {
    void openHome(me.id);
  }, [me.id]);

  return (
    <main className="channel home" aria-label="App Home">
      <header className="channel-head">
        <SidebarButton open={openSidebar} />
        {app && <Avatar person={app} size={24} />}
        <h2>{app?.real_name ?? "App"}</h2>
        <span className="app-tag">APP</span>
      </header>
      <div className="tabs">
        <span className="tab" aria-current="page">
          <Icon name="home" size={15} /> Home
        </span>
      </div>
      <div className="home-scroll" tabIndex={0} role="region" aria-label="Home">
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
      <p>Slipway has put nothing here yet.</p>
      <p className="faint">It does so a moment after you open this page for the first time.</p>
    </div>
  );
}
