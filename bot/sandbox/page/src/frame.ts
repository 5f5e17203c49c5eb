/** The page's own words in the language of whoever looks; the English ones are the keys. */

import { ZH } from "./zh";

/** Says *words*; what stands in braces is filled in. */
export function t(words: string, filled: Record<string, string | number> = {}): string {
  const isChinese = document.documentElement.lang.startsWith("zh");
  const said = (isChinese && ZH[words]) || words;
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => String(filled[name] ?? whole));
}
