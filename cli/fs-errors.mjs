// What the system says of a file or a folder, as a sentence for the person at the terminal.

/** @type {Record<string, string>} what is wrong, and after a semicolon what to do */
const reasons = {
  ENOENT: 'it does not exist; check the path',
  ENOTDIR: 'a part of its path is a file, not a folder; check the path',
  EISDIR: 'it is a folder, expected a file; name a file in it',
  ELOOP: 'its symbolic links form a loop; name the file itself',
  ENAMETOOLONG: 'its path is longer than the system allows; check the path, or move the file to a shorter one',
  EACCES: 'the permissions of it, or of a folder on its path, do not allow it; change them (chmod), or use another folder',
  EPERM: 'the system does not allow it; check who owns it, or use another folder',
  EROFS: 'it is on a read-only disk; use another folder',
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'your share of the disk is full; free some space',
  EMFILE: 'this process has too many files open; close some programs, or raise the limit (ulimit -n)',
  ENFILE: 'the system has too many files open; close some programs',
  EIO: 'the disk reports an error; check it, or copy the file elsewhere',
  ENODEV: 'there is no such device; name a file',
  ENXIO: 'there is no such device; name a file',
  EBUSY: 'another program is using it; close that',
  ETXTBSY: 'another program is using it; close that',
}

/** @param {unknown} error @returns {string} what is wrong and what to do, to stand after a colon, without a full stop */
export function reasonOf(error) {
  const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error ?? {})
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

/**
 * @param {unknown} error
 * @returns {string | undefined} a sentence, if it is the system's about a path
 */
export function sentenceOf(error) {
  const { code, path, syscall } = /** @type {NodeJS.ErrnoException} */ (error ?? {})
  if (!(error instanceof Error) || typeof path !== 'string' || code === undefined || !Object.hasOwn(reasons, code)) return undefined
  const verbs = { mkdir: 'made', mkdtemp: 'made', scandir: 'listed', unlink: 'removed', rmdir: 'removed', rm: 'removed', write: 'written' }
  return `${JSON.stringify(path)} could not be ${verbs[/** @type {'mkdir'} */ (syscall)] ?? 'opened'}: ${reasonOf(error)}.`
}
