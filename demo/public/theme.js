// The theme a person chose, before the first paint. In a file of its own because the page allows no inline script.
try {
  document.documentElement.dataset.theme = localStorage.getItem('sluice.theme') || 'auto'
} catch {
  // A browser that keeps nothing: as the system has it.
}
