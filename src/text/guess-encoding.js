// Which encoding a text is in that has no mark and is not UTF-8. Each candidate reads the bytes strictly; of those that can, the
// likeliest is the one whose characters a person would have written: common ones, lower case after upper case and not the
// other way round, letters of one script beside each other.
// Plain JavaScript for the same reason as encodings.js.

/**
 * An encoding that a text may be in.
 * @typedef {object} EncodingGuess
 * @property {string} encoding a label of TextDecoder's
 * @property {string} sample how the first line that tells would read, at most 60 characters, with nothing in it that cannot be seen
 */

// About 500 characters make three quarters of any Chinese text, and half of the kanji of a Japanese one. Read in a wrong encoding,
// Chinese becomes characters drawn from thousands.
const han = new Set(
  '的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切热仅' +
    '這來國個說們為時過對裡後麼會學還發樣現將與進實點種聲話兒問機給幾業間開無東關內產電見長門兩頭經讓愛認論義許記覺題統書車邊處體當從動應變請張單報沒著於頭萬場師員華馬難親務解戰風氣總條數聽權達設連語讀歲樂寫雖離' +
    '円気実発国会対図学読間駅私彼何誰今昨食飲見行来帰買売聞話車森村町県市区',
)
const hangul = new Set(
  '이다는을의에가고하지로기한은도리서사자를어인나아시라대그들정게해만과제일수스부있으니보전여주상오조구성원장거우적마안세유했것동미위선무국문중소신경비공면러와요없생진모내년말려치',
)

const isHan = (/** @type {number} */ c) => (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf)
const isKana = (/** @type {number} */ c) => c >= 0x3041 && c <= 0x30fe && c !== 0x30fb
const isHangul = (/** @type {number} */ c) => c >= 0xac00 && c <= 0xd7a3
const isPunctuation = (/** @type {number} */ c) =>
  (c >= 0x3000 && c <= 0x303f) || (c >= 0xff01 && c <= 0xff5e) || (c >= 0x2010 && c <= 0x2026) || c === 0x30fb || c === 0xb7

/**
 * Judges a character that is not ASCII, from -1 to 1; undefined where it tells nothing.
 * @typedef {(character: string, before: string, after: string) => number | undefined} Judge
 */

/** @param {'zh' | 'ja' | 'ko'} language @returns {Judge} */
const eastAsian = (language) => (character) => {
  const c = /** @type {number} */ (character.codePointAt(0))
  if (isPunctuation(c)) return undefined
  if (isHan(c)) return han.has(character) ? (language === 'ko' ? 0 : 1) : language === 'ko' ? -0.3 : 0
  if (isKana(c)) return language === 'ja' ? 1 : -0.1
  if (isHangul(c)) return language === 'ko' ? (hangul.has(character) ? 1 : 0.1) : -0.5
  // Half-width katakana is what single bytes of any other encoding become in Shift-JIS.
  return c >= 0xff61 && c <= 0xff9f ? -0.5 : -0.6
}

const isLower = (/** @type {string} */ c) => c !== c.toUpperCase()
const isUpper = (/** @type {string} */ c) => c !== c.toLowerCase()
const isLetter = (/** @type {string} */ c) => /[\p{L}\p{M}]/u.test(c)
const isAscii = (/** @type {string} */ c) => c <= '\x7f'

/**
 * A script of its own, whose letters stand beside each other.
 * @param {RegExp} letters
 * @param {string} common those that make the most of a text
 * @returns {Judge}
 */
const script = (letters, common) => (character, before, after) => {
  if (!letters.test(character)) return mark(character)
  if ((isLetter(before) && isAscii(before)) || (isLetter(after) && isAscii(after))) return -1
  if (isUpper(character) && !isLower(character))
    return isLower(before) ? -1 : isLower(after) || !isLetter(after) ? 0.5 : common.includes(character.toLowerCase()) ? 0.8 : 0.2
  return common.includes(character) ? 1 : 0.3
}

/**
 * Latin letters with accents, which stand alone among those of ASCII.
 * @param {string} common
 * @param {number} share of the texts that are in it, as a weight: most letters are in several
 * @returns {Judge}
 */
const latin = (common, share) => (character, before, after) => {
  if (!isLetter(character)) return mark(character, before, after)
  const crowd = [before, after].filter((c) => !isAscii(c) && isLetter(c)).length
  if (isUpper(character) && !isLower(character) && isLower(before)) return -1
  return (common.includes(character.toLowerCase()) ? share : -0.2) - 0.6 * crowd
}

/** Marks and signs that are no letters. @type {(character: string, before?: string, after?: string) => number | undefined} */
function mark(character, before = '', after = '') {
  if (/[\xa0«»“”„‘’–—…]/.test(character)) return /[’‘]/.test(character) || !isLetter(before) || !isLetter(after) ? 0.3 : -0.5
  if (/[£¥€¢°§]/.test(character) && /\d/.test(before + after)) return 1
  return /[£§©®°€№¿¡·•ªº]/.test(character) && !(isLetter(before) && isLetter(after)) ? 0.4 : -0.7
}

/** Vowels and tones stand on a consonant, and some vowels before one. @type {Judge} */
const thai = (character, before, after) => {
  if (/[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/.test(character)) return /[ก-ฮ\u0e31\u0e34-\u0e3a]/.test(before) ? 0.8 : -1
  if (/[เ-ไ]/.test(character)) return /[ก-ฮ]/.test(after) ? 0.8 : -1
  if (!/[ก-ฮะาำ]/.test(character)) return -0.5
  return 'านรอกงยมลวดทสตะ'.includes(character) ? 0.8 : 0.1
}

const zh = /* @__PURE__ */ eastAsian('zh')
const ja = /* @__PURE__ */ eastAsian('ja')
const ko = /* @__PURE__ */ eastAsian('ko')
const cyrillic = /* @__PURE__ */ script(/\p{Script=Cyrillic}/u, 'оеаинтсрвлкмдпуіяыьз')

/** In UTF-16 a wrong order of bytes, or another encoding, gives characters of any script: what counts is how many are common. @type {Judge} */
const unicode = (character) => {
  const c = /** @type {number} */ (character.codePointAt(0))
  if (c < 0x80 || isKana(c) || han.has(character) || hangul.has(character) || isPunctuation(c)) return 1
  if (c < 0x700 || (c >= 0xe00 && c < 0xe80) || (c >= 0x900 && c < 0xa00) || c > 0x1f000) return 0.8
  return isHangul(c) || isHan(c) ? 0.1 : -0.6
}

// In the order in which equals are told.
/** @type {Record<string, Judge>} */
const candidates = {
  'windows-1252': latin('éèàùâêîôûçëïüœäößñáíóúãõåøæìò', 1),
  gb18030: zh,
  big5: zh,
  shift_jis: ja,
  'euc-jp': ja,
  'euc-kr': ko,
  'windows-1251': cyrillic,
  'koi8-r': cyrillic,
  'utf-16le': unicode,
  'utf-16be': unicode,
  'windows-1250': latin('áéíóúýčďěňřšťůžąćęłńśźżőűöüäß', 0.9),
  'windows-1254': latin('ışğçöüâîé', 0.9),
  'windows-1253': script(/\p{Script=Greek}/u, 'αοιετσνηυρπκλςόίά'),
  'windows-1255': script(/[א-ת]/, 'יוהלארתבשמ'),
  'windows-1256': script(/\p{Script=Arabic}/u, 'اليمنورتبعد'),
  'windows-874': thai,
}

const chunkSize = 1 << 16
/** Characters looked at. */
const enough = 20_000
const leastScore = 0.25
const most = 4

/**
 * The encodings that a text may be in, the likeliest first; none where the bytes are no text in any of them.
 * @param {Uint8Array} bytes
 * @param {readonly string[]} [among] one alone is sure already, and not judged
 * @returns {EncodingGuess[]}
 */
export function guess(bytes, among = Object.keys(candidates)) {
  /** @type {{ encoding: string, text: string, score: number }[]} */
  const found = []
  for (const encoding of among) {
    const judge = among.length > 1 ? candidates[encoding] : undefined
    const scoreOfIt = (/** @type {string} */ text) => (judge ? scoreOf(text, judge) : 1)
    const text = reading(bytes, encoding, (text) => scoreOfIt(text) >= leastScore)
    // One that reads the same tells nothing new.
    if (text !== undefined && !found.some((other) => other.text === text)) found.push({ encoding, text, score: scoreOfIt(text) })
  }
  found.sort((a, b) => b.score - a.score)
  const least = (found[0]?.score ?? 0) - 0.6
  return found
    .filter(({ score }) => score >= least)
    .slice(0, most)
    .map(({ encoding, text }) => ({ encoding, sample: sampleOf(text) }))
}

/**
 * A part of the text that tells, or undefined where some byte is of no character, or the text has characters that no text has, or
 * it is not likely enough. A last character that is cut off does not count.
 * @param {Uint8Array} bytes
 * @param {string} encoding
 * @param {(text: string) => boolean} isLikely
 */
function reading(bytes, encoding, isLikely) {
  let text = ''
  try {
    const decoder = new TextDecoder(encoding, { fatal: true })
    for (let start = 0; start < bytes.length; start += chunkSize) {
      const piece = repaired(decoder.decode(bytes.subarray(start, start + chunkSize), { stream: true }), encoding)
      if (/[\0-\x08\x0e-\x19\x1c-\x1f\x7f-\x9f\ufffe\uffff]/.test(piece)) return undefined
      const judged = text.length >= enough && tells(text)
      if (judged || (text !== '' && !tells(piece))) continue
      text = tells(text) ? text + piece : piece
      // Who is out already need not read on.
      if (text.length >= enough && tells(text) && !isLikely(text)) return undefined
    }
  } catch {
    return undefined
  }
  return isLikely(text) ? text : undefined
}

/**
 * The mean of what the characters are judged.
 * @param {string} text
 * @param {Judge} judge
 */
function scoreOf(text, judge) {
  const characters = [...text.slice(0, 4 * chunkSize)]
  let [sum, judged] = [0, 0]
  for (let i = 0; i < characters.length && judged < enough; i++) {
    const character = /** @type {string} */ (characters[i])
    if (isAscii(character) && judge !== unicode) continue
    const value = judge(character, characters[i - 1] ?? '', characters[i + 1] ?? '')
    if (value === undefined) continue
    sum += value
    judged++
  }
  return judged === 0 ? 0 : sum / judged
}

const tells = (/** @type {string} */ text) => /[^\0-\x7f]/.test(text)

/** @param {string} text */
function sampleOf(text) {
  const lines = text.slice(0, 4 * chunkSize).split(/[\r\n\u2028\u2029]+/)
  const line = lines.find(tells) ?? lines.find((one) => one.trim() !== '') ?? ''
  const characters = [
    ...line
      .replace(/\s+/g, ' ')
      .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
      .trim(),
  ]
  // Not so far in front that what tells is cut off.
  const first = characters.findIndex((c) => !isAscii(c))
  const from = first > 40 ? first - 20 : 0
  return `${from > 0 ? '…' : ''}${characters.slice(from, from + 58).join('')}${from + 58 < characters.length ? '…' : ''}`
}

const of1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/**
 * Several versions of Node read Windows-1252 as Latin-1, in which quotes and dashes are control characters.
 * @param {string} text
 * @param {string} encoding
 */
export const repaired = (text, encoding) =>
  encoding === 'windows-1252' ? text.replace(/[\x80-\x9f]/g, (control) => of1252.charAt(control.charCodeAt(0) - 0x80)) : text
