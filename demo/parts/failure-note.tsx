// What went wrong, as a plain sentence in the page's language, and what the library says of it in detail.
import { words } from '../shell/strings'
import type { Failure } from '../worker/protocol'
import './failure-note.css'

export function FailureNote({ failure, children }: { failure: Failure | null; children?: preact.ComponentChildren }) {
  // The element is always there: a screen reader announces what comes into a live region, not the region.
  return (
    <div class="failure" role="alert">
      {failure && (
        <div class="failure-note">
          <p class="failure-sentence">{words.value.failures[failure.code]}</p>
          {failure.message && <p class="failure-detail" dir="auto">{failure.message}</p>}
          {children}
        </div>
      )}
    </div>
  )
}
