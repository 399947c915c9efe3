// A failure: a plain sentence in the page's language, and the library's message.
import { failureWords } from './failure-words'
import type { Failure } from '../shared/protocol'
import './failure-note.css'

export function FailureNote({ failure, children }: { failure: Failure | null; children?: preact.ComponentChildren }) {
  // The element is always there: a screen reader announces what comes into a live region, not a new region.
  return (
    <div class="failure" role="alert">
      {failure && (
        <div class="failure-note">
          <p class="failure-sentence">{failureWords.value[failure.code]}</p>
          {failure.message && (
            <p class="failure-detail" dir="auto">
              {failure.message}
            </p>
          )}
          {children}
        </div>
      )}
    </div>
  )
}
