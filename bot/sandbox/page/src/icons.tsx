/** The few signs of the frame, as paths. */

import type { ReactNode } from "react";

const PATHS = {
  send: "M3 3.5 17.5 10 3 16.5 3 11.5 11 10 3 8.5z",
  thread:
    "M4 3.5h12a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H9L5 17v-3.5H4A1.5 1.5 0 0 1 2.5 12V5A1.5 1.5 0 0 1 4 3.5zM6 7h8M6 10h5",
  more: "M10 5.010v-.020M10 10.010v-.020M10 15.010v-.020",
  menu: "M3 5h14M3 10h14M3 15h14",
  down: "M5 8l5 5 5-5",
  window: "M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7",
  check: "M4 10.5l4 4 8-9",
  file: "M5 2.500h6.500L15.500 6.500v11h-10.500zM11.500 2.500v4h4M8 10.500h5M8 13.500h5",
  pin: "M7 3h6M8 3v5l-2.500 3.500h9L12 8V3M10 11.500V17.500",
  home: "M3 9.5 10 3l7 6.5V17h-4.5v-5h-5v5H3z",
  eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  arrow: "M10 4v12M5 11l5 5 5-5",
  back: "M12 5l-5 5 5 5",
  bold: "M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z",
  italic: "M12 4H9M11 16H8M11 4 9 16",
  strike:
    "M4 10h12M13.5 6.5C13 5 11.700 4 10 4 8 4 6.500 5.200 6.500 7c0 1.200.8 2.200 2 3M6.500 13c.5 1.800 1.800 3 3.700 3 2 0 3.500-1.200 3.500-3 0-1-.5-2-1.200-3",
  code: "M7 6l-4 4 4 4M13 6l4 4-4 4",
  bolt: "M11 2.5 4.500 11.500h4.500L8.500 17.500 15.500 8h-4.500z",
  guide: "M10 5c-2-1.500-4.500-1.500-7-1v11.500c2.500-.5 5-.5 7 1 2-1.500 4.500-1.500 7-1V4c-2.500-.5-5-.5-7 1zm0 0v11.500",
  snow: "M10 2.500v15M3.500 6.250l13 7.500M16.500 6.250l-13 7.500",
  slash: "M3.500 3.500h13v13h-13zM12 6.500l-4 7",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.200a2 2 0 0 0 4 0V10a7 7 0 1 0-3 5.700",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  const filled = name === "send";
  return (
    <svg viewBox="0 0 20 20" width={size} height={size} aria-hidden="true">
      <path
        d={PATHS[name]}
        fill={filled ? "currentColor" : "none"}
        stroke={filled ? "none" : "currentColor"}
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
