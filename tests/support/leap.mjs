// Preloaded into a daemon (`--import`), so that a test can leap over a wait that nobody sits out, such as the half hour
// after which IMAP hangs up: process.send({ leapMs }) rings every timer that is due by then, as if that time had gone by.
// Clocks are where they were afterwards.
import { Socket } from 'node:net';

/** Shorter waits end by themselves. */
const shortestMs = 30_000;
const { setTimeout: setReal, clearTimeout: clearReal } = globalThis;
const realNow = Date.now;
/** When each timer rings, and what it then does. */
const timers = new Map();
/** Patience of sockets, from their last sign of life on. */
const sockets = new Map();

globalThis.setTimeout = Object.assign((run, ms, ...values) => {
  if (!(ms >= shortestMs)) return setReal(run, ms, ...values);
  const ring = () => {
    timers.delete(timer);
    run(...values);
  };
  const timer = setReal(ring, ms);
  timers.set(timer, { ring, at: realNow() + ms });
  return timer;
}, setReal);
globalThis.clearTimeout = (timer) => {
  timers.delete(timer);
  clearReal(timer);
};
const setPatience = Socket.prototype.setTimeout;
Socket.prototype.setTimeout = function remember(ms, ...listener) {
  if (ms >= shortestMs) sockets.set(this, ms);
  else sockets.delete(this);
  return setPatience.call(this, ms, ...listener);
};

process.on('message', ({ leapMs }) => {
  if (!leapMs) return;
  Date.now = () => realNow() + leapMs;
  // After what follows at once from what rings.
  setImmediate(() => {
    Date.now = realNow;
  });
  for (const [timer, { at, ring }] of [...timers]) {
    if (at > Date.now()) continue;
    clearReal(timer);
    ring();
  }
  for (const [socket, ms] of sockets) {
    if (socket.destroyed) sockets.delete(socket);
    else if (ms <= leapMs) socket.emit('timeout');
  }
});
process.channel?.unref();
