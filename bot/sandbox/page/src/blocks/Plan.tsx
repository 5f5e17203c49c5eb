/** The plan and task_card blocks: steps with their state. */

import type { ReactNode } from "react";
import type { Block, Json } from "../types";
import { Link, PlainText } from "./mrkdwn";
import { RichText } from "./RichText";

const STATES: Record<string, [string, string]> = {
  pending: ["○", "Pending"],
  in_progress: ["", "In progress"],
  complete: ["✓", "Complete"],
  error: ["!", "Error"],
};

const title = (value: Json | string | undefined) => (typeof value === "string" ? value : (value?.text ?? ""));

export function TaskCard({ task }: { task: Json }): ReactNode {
  const [sign, word] = STATES[task.status] ?? ["○", task.status ?? "Pending"];
  return (
    <div className={`task ${task.status ?? "pending"}`}>
      <span className="task-sign" role="img" aria-label={word} title={word}>
        {task.status === "in_progress" ? <span className="spinner" /> : sign}
      </span>
      <div className="task-body">
        <div className="task-title">
          <PlainText text={title(task.title)} />
        </div>
        {task.details && <RichText block={task.details} />}
        {task.output && <RichText block={task.output} />}
        {(task.sources ?? []).map((source: Json, index: number) => (
          <Link key={index} url={source.url}>
            {source.text ?? source.url}
          </Link>
        ))}
      </div>
    </div>
  );
}

export function Plan({ block }: { block: Block }): ReactNode {
  return (
    <section className="plan" aria-label={title(block.title)}>
      <div className="plan-title">
        <PlainText text={title(block.title)} />
      </div>
      {(block.tasks ?? []).map((task: Json, index: number) => (
        <TaskCard key={task.task_id ?? index} task={task} />
      ))}
    </section>
  );
}
