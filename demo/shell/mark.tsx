/** The gate in the stream, drawn in the colours of the text around it. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <path d="M8 4v24M24 4v24" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
      <rect class="mark-gate" x="10.5" y="4" width="11" height="12" rx="1" />
      <path class="mark-water" d="M2 22q3.5-3 7 0t7 0 7 0 7 0" fill="none" stroke-width="2" stroke-linecap="round" />
    </svg>
  )
}
