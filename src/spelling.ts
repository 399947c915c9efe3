// Finds the name that a misspelt one is most similar to.

/** The most similar of the names, if one is similar enough: one letter in four may differ, and case does not count. */
export function closestName(word: string, names: readonly string[]): string | undefined {
  if (word.length > 40) return undefined
  const distances = names.map((name) => ({ name, edits: editDistance(word.toLowerCase(), name.toLowerCase()) }))
  const best = distances.reduce((a, b) => (b.edits < a.edits ? b : a), { name: '', edits: Infinity })
  return best.edits <= Math.max(1, word.length / 4) ? best.name : undefined
}

/** The edit distance of two words: insertions, deletions, changes and swaps of neighbours (Damerau 1964, by the algorithm of Wagner and
 * Fischer). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1]![j - 1]! + Number(a[i - 1] !== b[j - 1])
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity
      row.push(Math.min(change, swap, rows[i - 1]![j]! + 1, row[j - 1]! + 1))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
