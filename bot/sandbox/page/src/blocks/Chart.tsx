/** A chart as Slack draws one: bars, lines, areas or a pie, with its numbers as a table for screen readers. */

import type { ReactNode } from "react";
import type { Block } from "../types";

interface Point {
  label: string;
  value: number;
}
interface Series {
  name: string;
  data: Point[];
}

const WIDTH = 560;
const HEIGHT = 190;
const LEFT = 40;
const BOTTOM = 28;
const TOP = 10;
const COLOURS = 6;

const colour = (index: number) => `var(--chart-${(index % COLOURS) + 1})`;

/** The smallest round number above all values: 1, 2 or 5 times a power of ten. */
function roundedUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most || 1));
  return power * (([1, 2, 5, 10].find((each) => each * power >= most) ?? 10) as number);
}

const written = (value: number) => String(Math.round(value * 100) / 100);

function Axes({ labels, most }: { labels: string[]; most: number }): ReactNode {
  const width = (WIDTH - LEFT) / labels.length;
  const every = Math.ceil(labels.length / 8);
  return (
    <>
      {[0, 0.5, 1].map((share) => {
        const y = TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
        return (
          <g key={share}>
            <line className="chart-line" x1={LEFT} x2={WIDTH} y1={y} y2={y} />
            <text className="chart-tick" x={LEFT - 6} y={y + 4} textAnchor="end">
              {written(most * share)}
            </text>
          </g>
        );
      })}
      {labels.map((label, index) =>
        (labels.length - 1 - index) % every === 0 ? (
          <text
            key={label}
            className="chart-tick"
            x={LEFT + width * (index + 0.5)}
            y={HEIGHT - 8}
            textAnchor="middle"
          >
            {label}
          </text>
        ) : null,
      )}
    </>
  );
}

function Bars({ series, labels, most }: { series: Series[]; labels: string[]; most: number }): ReactNode {
  const width = (WIDTH - LEFT) / labels.length;
  const bar = (width * 0.7) / series.length;
  const full = HEIGHT - TOP - BOTTOM;
  return series.flatMap((one, index) =>
    one.data.map((point, at) => (
      <rect
        key={`${one.name} ${point.label}`}
        x={LEFT + width * (at + 0.15) + bar * index}
        y={TOP + full - (full * point.value) / most}
        width={Math.max(1, bar - 1)}
        height={(full * point.value) / most}
        fill={colour(index)}
      />
    )),
  );
}

interface LinesProps {
  series: Series[];
  labels: string[];
  most: number;
  filled: boolean;
}

function Lines({ series, labels, most, filled }: LinesProps): ReactNode {
  const width = (WIDTH - LEFT) / labels.length;
  const full = HEIGHT - TOP - BOTTOM;
  return series.map((one, index) => {
    const points = one.data.map(
      (point, at) => `${LEFT + width * (at + 0.5)},${TOP + full - (full * point.value) / most}`,
    );
    const ends = [LEFT + width * (one.data.length - 0.5), LEFT + width * 0.5].map((x) => `${x},${TOP + full}`);
    return (
      <g key={one.name}>
        {filled && <polygon points={[...points, ...ends].join(" ")} fill={colour(index)} opacity={0.3} />}
        <polyline points={points.join(" ")} fill="none" stroke={colour(index)} strokeWidth={2} />
      </g>
    );
  });
}

function Pie({ segments }: { segments: Point[] }): ReactNode {
  const total = segments.reduce((sum, each) => sum + each.value, 0);
  const middle = [WIDTH / 2, HEIGHT / 2] as const;
  const radius = HEIGHT / 2 - TOP;
  const at = (share: number) =>
    `${middle[0] + radius * Math.sin(2 * Math.PI * share)} ${middle[1] - radius * Math.cos(2 * Math.PI * share)}`;
  let begun = 0;
  return segments.map((each, index) => {
    const from = begun;
    begun += each.value / total;
    if (segments.length === 1)
      return <circle key={each.label} cx={middle[0]} cy={middle[1]} r={radius} fill={colour(index)} />;
    const large = begun - from > 0.5 ? 1 : 0;
    const path = `M${middle.join(" ")}L${at(from)}A${radius} ${radius} 0 ${large} 1 ${at(begun)}Z`;
    return <path key={each.label} d={path} fill={colour(index)} />;
  });
}

const Numbers = ({ labels, series }: { labels: string[]; series: Series[] }) => (
  <table className="hidden-text">
    <thead>
      <tr>
        <td />
        {series.map(({ name }) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {labels.map((label, index) => (
        <tr key={label}>
          <th scope="row">{label}</th>
          {series.map(({ name, data }) => (
            <td key={name}>{written(data[index]?.value ?? 0)}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

export function Chart({ block }: { block: Block }): ReactNode {
  const { chart, title } = block;
  const isPie = chart.type === "pie";
  const segments: Point[] = isPie ? chart.segments : [];
  const series: Series[] = isPie ? [{ name: title, data: segments }] : chart.series;
  const labels: string[] = isPie ? segments.map(({ label }) => label) : chart.axis_config.categories;
  const most = roundedUp(Math.max(...series.flatMap(({ data }) => data.map(({ value }) => value))));
  const keys = isPie ? labels : series.map(({ name }) => name);
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {isPie ? <Pie segments={segments} /> : <Axes labels={labels} most={most} />}
        {chart.type === "bar" && <Bars series={series} labels={labels} most={most} />}
        {(chart.type === "line" || chart.type === "area") && (
          <Lines series={series} labels={labels} most={most} filled={chart.type === "area"} />
        )}
      </svg>
      <ul>
        {keys.map((key, index) => (
          <li key={key}>
            <span style={{ background: colour(index) }} aria-hidden="true" />
            {key}
          </li>
        ))}
      </ul>
      <Numbers labels={labels} series={series} />
    </figure>
  );
}
