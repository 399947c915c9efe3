// A run that tells of its progress, as a stream: only the latest progress is of interest.

/** Yields the progress while `run` goes on, then what it gives. Ends without a result if it is aborted.
 * @throws what `run` rejects with */
export async function* progressing<Progress, Result>(
  run: (onProgress: (progress: Progress) => void) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<{ readonly progress: Progress } | { readonly result: Result }> {
  let latest: { readonly progress: Progress } | null = null
  let wake = () => {}
  let ended = false
  const made = run((progress) => {
    latest = { progress }
    wake()
  }).finally(() => {
    ended = true
    wake()
  })
  made.catch(() => {}) // it is waited for below, if that is reached
  while (!ended && !signal.aborted) {
    const news: { readonly progress: Progress } | null = latest
    latest = null
    if (news) yield news
    else await new Promise<void>((resolve) => (wake = resolve))
  }
  if (!signal.aborted) yield { result: await made }
}
