// Serves telegram-test-api on a port of this machine until its standard input ends.
const { TelegramServer } = require("telegram-test-api/lib/telegramServer");

const server = new TelegramServer({ host: "127.0.0.1", port: Number(process.argv[2]), storeTimeout: 600 });
server.start().then(() => console.log("ready"));
process.stdin.resume().on("end", () => process.exit(0));
