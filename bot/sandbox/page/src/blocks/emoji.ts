/** `:white_check_mark:` and its like as characters. */

import { get } from "node-emoji";

// Slack's own names, where they differ from node-emoji's.
const SLACK_NAMES: Record<string, string> = {
  large_green_circle: "🟢",
  large_yellow_circle: "🟡",
  large_orange_circle: "🟠",
  large_purple_circle: "🟣",
  large_brown_circle: "🟤",
  large_red_square: "🟥",
  large_green_square: "🟩",
  large_yellow_square: "🟨",
  large_orange_square: "🟧",
  large_blue_square: "🟦",
  black_square_for_stop: "⏹️",
  double_vertical_bar: "⏸️",
  black_right_pointing_triangle_with_double_vertical_bar: "⏯️",
  octagonal_sign: "🛑",
  thumbsup: "👍",
  thumbsdown: "👎",
  hand: "✋",
  information_source: "ℹ️",
  stopwatch: "⏱️",
  timer_clock: "⏲️",
  wastebasket: "🗑️",
  crossed_swords: "⚔️",
  hammer_and_wrench: "🛠️",
  satellite_antenna: "📡",
  face_with_monocle: "🧐",
  ladder: "🪜",
  test_tube: "🧪",
  adhesive_bandage: "🩹",
  slightly_smiling_face: "🙂",
};

/** The character, or null when nobody knows that name. */
export const emoji = (name: string): string | null => SLACK_NAMES[name] ?? get(name) ?? null;
