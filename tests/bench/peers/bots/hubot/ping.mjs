// Hubot's script: `ping 17` is answered with `pong 17`.
export default (robot) => {
  robot.hear(/ping (\d+)( slow)?/, async (res) => {
    if (res.match[2]) await new Promise((done) => setTimeout(done, 1000));
    await res.send(`pong ${res.match[1]}`);
  });
};
