// What a command prints: text for a person, or with --json one JSON object a line for a program.

/** @type {boolean} */
let json = false
/** Whether --json was given. */
export const inJson = () => json

/** @param {boolean} wanted */
export const useJson = (wanted) => void (json = wanted)

/** A line for a person. @param {string} line */
export const say = (line) => void (json || console.log(line))

/** An object for a program. @param {object} object */
export const put = (object) => void (json && console.log(JSON.stringify(object)))
