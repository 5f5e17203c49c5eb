/** The page's own words in the language of whoever looks; the English ones are the keys. */

import { ZH } from "./zh";

const BRACES = /( ?)\{(\w+)\}( ?)/g;
const CHINESE = /[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef“”]/;
const isChineseAt = (text: string, at: number) => CHINESE.test(text.charAt(at));

/**
 * Fills the braces of Chinese words. They have blanks for what is written in letters; where Chinese
 * comes in its place, it stands without.
 */
function filledIn(said: string, value: (name: string, whole: string) => string): string {
  return said.replace(BRACES, (whole: string, before: string, name: string, after: string, at: number) => {
    const text = value(name, `{${name}}`);
    const isJoinedBefore = isChineseAt(said, at - 1) && isChineseAt(text, 0);
    const isJoinedAfter = isChineseAt(text, text.length - 1) && isChineseAt(said, at + whole.length);
    return (isJoinedBefore ? "" : before) + text + (isJoinedAfter ? "" : after);
  });
}

/** Says *words*; what stands in braces is filled in. */
export function t(words: string, filled: Record<string, string | number> = {}): string {
  const isChinese = document.documentElement.lang.startsWith("zh");
  const said = (isChinese && ZH[words]) || words;
  return filledIn(said, (name, whole) => String(filled[name] ?? whole));
}
