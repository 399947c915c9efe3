// Plays a recording of a run through the eyes of its view, until a run of the person's own has begun.
import type { Recording, RecordingName } from '../recordings/file'

/** Milliseconds that a recording plays. */
const duration = 15_000

/** The events of a recording, one after the other. They end when `signal` aborts. */
export async function* playing(
  name: RecordingName,
  signal: AbortSignal,
): AsyncGenerator<{ readonly recording: Recording; readonly event: { readonly kind: string } }> {
  const { addresses, read } = await import('../recordings/file')
  const response = await fetch(addresses[name])
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
  const recording = read<Recording>(await response.text())
  // Who wants no motion sees the end at once.
  const pace = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : duration / recording.events.length
  for (const event of recording.events) {
    if (signal.aborted) return
    yield { recording, event }
    if (pace) await new Promise((resolve) => setTimeout(resolve, pace))
  }
}
