// A view that shows a recording until there is a run.
import type { ReadonlySignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Status } from '../shared/run-config'

interface Played<Name> {
  readonly status: ReadonlySignal<Status>
  readonly savedRun: ReadonlySignal<object | null>
  play(name: Name, atOnce?: boolean): Promise<void>
  stopPlaying(): void
}

/** Plays a recording while the view is shown and has no run of its own. @param name null for none
 * @param atOnce shows its end, which can be played from the start */
export function useRecording<Name extends string>(run: Played<Name>, name: Name | null, atOnce = false): void {
  const idle = run.status.value === 'idle' || run.status.value === 'starting'
  useEffect(() => {
    if (!idle || name === null) return
    // After the first paint, and after a saved run has been found.
    const timer = setTimeout(() => void run.play(name, atOnce), 400)
    return () => {
      clearTimeout(timer)
      run.stopPlaying()
    }
  }, [idle, name])
}
