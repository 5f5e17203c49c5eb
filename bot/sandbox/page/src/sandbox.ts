/** The sandbox's own part of the page: the guide, the trouble that can be made, the freeze. */

import { createContext, useCallback, useContext, useEffect, useState } from "react";
import { fetchSandbox, makeTrouble } from "./api";
import type { GuideLine, Sandbox } from "./types";

/** The dialogs of the sandbox. */
export type SandboxDialog = "guide" | "trouble";

export interface SandboxActions {
  /** None where the workspace is no sandbox. */
  sandbox: Sandbox | null;
  /** Becomes somebody, and types what the line says. */
  follow: (line: GuideLine) => void;
  open: (dialog: SandboxDialog) => void;
}

const Context = createContext<SandboxActions>({ sandbox: null, follow: () => {}, open: () => {} });
export const SandboxProvider = Context.Provider;
export const useSandboxActions = () => useContext(Context);

/** Keeps it current: `news` counts what the workspace has told of it. */
export function useSandbox(as: string, news: number) {
  const [sandbox, setSandbox] = useState<Sandbox | null>(null);

  useEffect(() => {
    let over = false;
    void fetchSandbox().then((found) => over || setSandbox(found));
    return () => {
      over = true;
    };
  }, [news]);

  const trouble = useCallback(
    async (name: string, armed: boolean) => {
      const found = await makeTrouble(as, name, armed);
      if (found) setSandbox(found);
    },
    [as],
  );
  return { sandbox, trouble };
}
