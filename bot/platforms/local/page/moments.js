// Times are shown in the bot's time zone, because that is what its schedules follow.
import { session } from "./session.js";

const SHAPES = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { weekday: "long", day: "numeric", month: "long" },
  fullDay: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  shortDay: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  dayKey: { year: "numeric", month: "2-digit", day: "2-digit" },
};
const ONE_DAY = 24 * 60 * 60 * 1000;
const formatters = new Map();

export const timeOfDay = (at) => shaped("time", at);
export const fullDay = (at) => shaped("fullDay", at);
export const shortDay = (at) => shaped("shortDay", at);
export const dayKey = (at) => shaped("dayKey", at);

export function dayName(at) {
  const now = new Date(session.clock?.now ?? at);
  if (dayKey(at) === dayKey(now)) return "Today";
  if (dayKey(at) === dayKey(new Date(now - ONE_DAY))) return "Yesterday";
  return shaped("day", at);
}

export function placeOfZone(zone) {
  return zone.split("/").pop().replaceAll("_", " ");
}

function shaped(shape, at) {
  const zone = session.clock?.time_zone ?? "UTC";
  const key = `${shape} ${zone}`;
  if (!formatters.has(key)) {
    formatters.set(key, new Intl.DateTimeFormat("en-GB", { ...SHAPES[shape], timeZone: zone }));
  }
  return formatters.get(key).format(new Date(at));
}
