// A failure: a plain sentence in the page's language, and the library's message.
import { failureWords } from './failure-words'
import type { Failure } from '../shared/protocol'
import './failure-note.css'

export function FailureNote({ failure, children }: { failure: Failure | null; children?: preact.ComponentChildren }) {
  // The element is always there: a screen reader announces what comes into a live region, not a new region.
  // The library's message goes on with the whole vocabulary, and with advice for a programmer.
  const unknown = failure?.code === 'unknown-character' ? failure.message.split(' at character ', 1)[0] : null
  return (
    <div class="failure" role="alert">
      {failure && (
        <div class="failure-note">
          <p class="failure-sentence">
            {failureWords.value[failure.code]}
            {unknown && (
              <>
                {' '}
                <bdi>{unknown}</bdi>
              </>
            )}
          </p>
          {failure.message && !unknown && (
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
