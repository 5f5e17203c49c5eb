/** Times as Slack writes them. All take unix seconds. */

/** The language in which Slack addresses whoever looks at the page. */
const language = () => document.documentElement.lang;
const isEnglish = () => language().startsWith("en");

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language(), options);
/** English keeps the hours of the browser's own region. */
const clocked = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(isEnglish() ? undefined : language(), options);
const clock = () => clocked({ hour: "numeric", minute: "2-digit" });
const clockSeconds = () => clocked({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const DAY = 86_400;

const at = (unix: number) => new Date(unix * 1000);

/** Days between that day and today, as calendars count: 0 is today, 1 yesterday, -1 tomorrow. */
function daysAgo(unix: number): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const span = midnight(new Date()).getTime() - midnight(at(unix)).getTime();
  return Math.round(span / 1000 / DAY);
}

/** `today`, `yesterday`, `tomorrow`; nothing for other days. */
function near(days: number): string | null {
  if (Math.abs(days) > 1) return null;
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(-days || 0, "day");
}

const ordinal = (day: number) => {
  const ending = day % 100 >= 11 && day % 100 <= 13 ? "th" : ["th", "st", "nd", "rd"][day % 10];
  return `${day}${ending ?? "th"}`;
};

const pretty = (unix: number, otherwise: string) => near(daysAgo(unix)) ?? otherwise;
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export const time = (unix: number) => clock().format(at(unix));

/** `Today`, `Yesterday`, `Friday, November 20th`: what stands in a date divider. */
export function day(unix: number): string {
  if (!isEnglish()) {
    const whole = format({ weekday: "long", month: "long", day: "numeric" }).format(at(unix));
    return pretty(unix, whole);
  }
  const weekday = format({ weekday: "long", month: "long" }).format(at(unix));
  const [first, second] = weekday.split(" ");
  const named = `${second}, ${first} ${ordinal(at(unix).getDate())}`;
  return capital(pretty(unix, named));
}

export const dayKey = (unix: number) => at(unix).toDateString();

/** A day and an hour in one line. */
const joined = (day: string, hour: string) => (isEnglish() ? `${day} at ${hour}` : `${day} ${hour}`);

/** `today at 12:03`: the end of a thread's summary line. */
export const moment = (unix: number) =>
  joined(pretty(unix, format({ month: "short", day: "numeric" }).format(at(unix))), time(unix));

export const whole = (unix: number) =>
  joined(
    format({ weekday: "long", month: "long", day: "numeric", year: "numeric" }).format(at(unix)),
    clockSeconds().format(at(unix)),
  );

function ago(unix: number): string {
  const span = Math.round(Date.now() / 1000 - unix);
  const size = Math.abs(span);
  const [count, unit]: [number, Intl.RelativeTimeFormatUnit] =
    size < 60
      ? [span, "second"]
      : size < 3600
        ? [span / 60, "minute"]
        : size < DAY
          ? [span / 3600, "hour"]
          : [span / DAY, "day"];
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(-Math.round(count), unit);
}

const TOKENS: Record<string, (unix: number) => string> = {
  date_num: (unix) => at(unix).toLocaleDateString("en-CA"),
  date_slash: (unix) => format({ dateStyle: "short" }).format(at(unix)),
  date: (unix) => format({ dateStyle: "long" }).format(at(unix)),
  date_short: (unix) => format({ dateStyle: "medium" }).format(at(unix)),
  date_long: (unix) => format({ dateStyle: "full" }).format(at(unix)),
  date_long_full: (unix) => format({ dateStyle: "full" }).format(at(unix)),
  time: (unix) => time(unix),
  time_secs: (unix) => clockSeconds().format(at(unix)),
  ago,
};

function token(name: string, unix: number): string | null {
  const plain = TOKENS[name];
  if (plain) return plain(unix);
  const base = TOKENS[name.replace(/_pretty$/, "")];
  if (name === "day_divider_pretty") return day(unix);
  return base && name.endsWith("_pretty") ? pretty(unix, base(unix)) : null;
}

/** Fills the tokens of `<!date^…>`; an unknown token makes it the fallback, as in Slack. */
export function drawDate(unix: number, pattern: string, fallback: string): string {
  let unknown = Number.isNaN(unix);
  const drawn = pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const text = unknown ? null : token(name, unix);
    if (text === null) unknown = true;
    return text ?? "";
  });
  return unknown ? fallback : capital(drawn);
}
