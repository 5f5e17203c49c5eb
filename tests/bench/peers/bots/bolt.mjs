// A Bolt app in JavaScript with one command: `node bolt.mjs http|socket`; as bolt.py.
import bolt from "@slack/bolt";

const common = {
  token: process.env.SLACK_BOT_TOKEN,
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
  logLevel: "error",
};
const socket = { socketMode: true, appToken: process.env.SLACK_APP_TOKEN };
const app = new bolt.App(process.argv[2] === "socket" ? { ...common, ...socket } : common);

app.command("/ping", async ({ command, ack, say }) => {
  await ack();
  const [number, how] = command.text.split(" ");
  if (how) await new Promise((done) => setTimeout(done, 1000));
  await say(`pong ${number}`);
});

await app.start({ port: Number(process.env.PORT), host: "127.0.0.1" });
