// Times on paper: always those of Shanghai, wherever the reader is.
import { LANGUAGE, say } from "./say.js";

const LOCALE = LANGUAGE === "zh" ? "zh-CN" : "en-GB";
const DAY = 86_400_000;
const SHANGHAI = 8 * 3_600_000; // ahead of UTC, all year
const paper = (options) => new Intl.DateTimeFormat(LOCALE, { timeZone: "Asia/Shanghai", hourCycle: "h23", ...options });
const onDay = paper({ year: "numeric", month: "long", day: "numeric" });
const ofMonth = paper({ year: "numeric", month: "long" });
const atClock = paper({ hour: "2-digit", minute: "2-digit" });
const atMinute = paper({ year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });

/** A day and a minute. */
export const moment = (iso) => atMinute.format(new Date(iso));

/** The hour and minute. */
export const clock = (iso) => atClock.format(new Date(iso));

/** A day. */
export const day = (iso) => onDay.format(new Date(iso));

/** A day given as such: 2026-03-02. */
export const civilDay = (written) => day(`${written}T00:00:00+08:00`);

/** A month: 2026-03. */
export const month = (written) => ofMonth.format(new Date(`${written}-01T00:00:00+08:00`));

/** The end of a term: its last day; with the minute when it does not end with a day. */
export function deadline(iso) {
  const at = Date.parse(iso);
  return (at + SHANGHAI) % DAY === 0 ? onDay.format(at - 1) : atMinute.format(at);
}

/** How long until a term ends, in words. */
export function timeLeft(iso, now = Date.now()) {
  const last = Date.parse(iso) - 1;
  const days = Math.floor((last + SHANGHAI) / DAY) - Math.floor((now + SHANGHAI) / DAY);
  if (now > last) return days === 0 ? say("js.over_today") : say("js.over", { days: -days });
  return days === 0 ? say("js.today") : say("js.left", { days });
}

/** Today, as a date field writes it. */
export const today = () => new Date(Date.now() + SHANGHAI).toISOString().slice(0, 10);
