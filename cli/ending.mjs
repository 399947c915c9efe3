// What tells a command to end: Ctrl-C, a signal, a terminal that closes, or npm, which ends before what it started and passes no
// signal through the shell between them.

/** @typedef {'SIGINT' | 'SIGTERM' | 'SIGHUP'} Signal */
const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
/** Milliseconds in which a signal that comes again is the same one: a terminal sends it to npm and to us, and npm passes it on. */
const echo = 1000

/** @type {((again: boolean, signal: Signal) => void) | undefined} */
let listener
/** @type {Signal | undefined} the first that came */
let told
let last = 0

/** The exit code of a command that was told to end, as shells have it; undefined for one that was not. */
export const codeOfEnding = () => (told === undefined ? undefined : 128 + numbers[told])

/** Ends the process in good order, whatever it is doing, unless somebody takes care of that. What is open is closed on exit. */
export function followEnding() {
  for (const signal of /** @type {Signal[]} */ (Object.keys(numbers))) process.on(signal, () => tell(signal))
  const parent = process.ppid
  // Under npm alone: a shell may well end before what it started in the background.
  if (process.env.npm_lifecycle_event === undefined) return
  setInterval(() => process.ppid !== parent && told === undefined && tell('SIGTERM'), 500).unref()
}

/** @param {Signal} signal */
function tell(signal) {
  const now = performance.now()
  if (told !== undefined && now - last < echo) return
  last = now
  const again = told !== undefined
  told ??= signal
  if (listener) listener(again, signal)
  else process.exit(codeOfEnding())
}

/**
 * Takes care of the ending while some work runs.
 * @template Result
 * @param {(again: boolean, signal: Signal) => void} how called when the command is told to end, and again if it is told again
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function whileEnding(how, work) {
  const before = listener
  listener = how
  try {
    return await work()
  } finally {
    listener = before
  }
}
