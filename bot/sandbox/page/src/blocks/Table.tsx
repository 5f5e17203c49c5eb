/** The table block: rows of cells, the first row as the head. */

import type { ReactNode } from "react";
import type { Block, Json } from "../types";
import { PlainText } from "./mrkdwn";
import { RichText } from "./RichText";

function cell(content: Json | undefined): ReactNode {
  if (content?.type === "rich_text") return <RichText block={content as Block} />;
  return <PlainText text={String(content?.text ?? content?.value ?? "")} />;
}

export function Table({ block }: { block: Block }): ReactNode {
  const [head = [], ...rows]: Json[][] = block.rows ?? [];
  const settings: Json[] = block.column_settings ?? [];
  const align = (column: number) => ({ textAlign: settings[column]?.align ?? "left" });
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            {head.map((content, column) => (
              <th key={column} scope="col" style={align(column)}>
                {cell(content)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((content, column) => (
                <td key={column} style={align(column)}>
                  {cell(content)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
