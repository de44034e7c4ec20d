// Sends a mebibyte over TCP to itself, and prints how fast that was.
import { connect, createServer } from "node:net";

const begin = performance.now();
const server = createServer((socket) => socket.resume().on("end", () => server.close()));
server.listen(0, "127.0.0.1", () => {
  connect(server.address().port, "127.0.0.1").end(Buffer.alloc(2 ** 20));
});
server.on("close", () => {
  console.log(`${(1000 / (performance.now() - begin)).toFixed(1)} MiB/s`);
});
