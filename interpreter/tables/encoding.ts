// Which encoding a text file has, by its bytes. UTF-8 shows itself; of the others the one is taken whose letters make
// sense, and that is told.
import { isUtf8 } from "node:buffer";

export interface Encoding {
  readonly name: string; // for TextDecoder
  readonly isAssumed: boolean;
}

const UTF8: Encoding = { name: "utf-8", isAssumed: false };
const EAST_ASIAN = ["gb18030", "shift_jis", "euc-kr", "big5"] as const;
const MIN_PAIRED = 0.9; // of the bytes above 127 stand in runs of an even length, where each letter has two
const MIN_UTF16_ZEROS = 0.2; // of the bytes, in text of mostly Latin letters

const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"; // of the bytes from 0x80 to 0x9f

/** By the first bytes of the file, as far as they go; `isUtf8Whole`: all of its bytes are UTF-8. */
export function encodingOf(head: Buffer, isUtf8Whole: boolean): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return { name: "utf-16le", isAssumed: false };
  if (head[0] === 0xfe && head[1] === 0xff) return { name: "utf-16be", isAssumed: false };
  const zeros = zerosOf(head);
  if (zeros.odd > MIN_UTF16_ZEROS * head.length && zeros.even === 0) return { name: "utf-16le", isAssumed: true };
  if (zeros.even > MIN_UTF16_ZEROS * head.length && zeros.odd === 0) return { name: "utf-16be", isAssumed: true };
  if (isUtf8Whole) return UTF8;
  const runs = highRuns(head);
  const all = runs.reduce((sum, length) => sum + length, 0);
  const paired = runs.filter((length) => length % 2 === 0).reduce((sum, length) => sum + length, 0);
  if (all > 0 && paired >= MIN_PAIRED * all) {
    const found = EAST_ASIAN.map((name) => ({ name, share: commonShare(head, name) })).sort(
      (a, b) => b.share - a.share,
    );
    if (found[0]!.share > 0) return { name: found[0]!.name, isAssumed: true };
  }
  return { name: isCyrillic(head, runs) ? "windows-1251" : "windows-1252", isAssumed: true };
}

/** Without the byte order mark. */
export function decode(bytes: Uint8Array, encoding: string): string {
  const text = new TextDecoder(encoding).decode(bytes);
  if (encoding !== "windows-1252") return text;
  // Node's decoder leaves these bytes as control characters.
  return text.replace(/[\x80-\x9f]/g, (sign) => WINDOWS_1252[sign.charCodeAt(0) - 0x80]!);
}

/** Bytes may end in the midst of a letter. */
export function isUtf8Part(bytes: Buffer): boolean {
  for (let cut = 0; cut <= 3; cut++) if (isUtf8(bytes.subarray(0, bytes.length - cut))) return true;
  return false;
}

function zerosOf(head: Buffer): { odd: number; even: number } {
  const counts = { odd: 0, even: 0 };
  for (let i = 0; i < head.length; i++) if (head[i] === 0) counts[i % 2 === 1 ? "odd" : "even"]++;
  return counts;
}

/** Lengths of the runs of bytes above 127. */
function highRuns(head: Buffer): number[] {
  const runs: number[] = [];
  let length = 0;
  for (const byte of head) {
    if (byte > 0x7f) length++;
    else if (length > 0) {
      runs.push(length);
      length = 0;
    }
  }
  return runs;
}

/** How many of the letters are common ones of that script; 0 where the bytes are none of this encoding. */
function commonShare(head: Buffer, name: (typeof EAST_ASIAN)[number]): number {
  const text = new TextDecoder(name).decode(head, { stream: true });
  const letters = text.match(/[^\p{ASCII}]/gu) ?? [];
  if (letters.length === 0 || letters.filter((one) => one === "\ufffd").length > 1) return 0;
  const common = { gb18030: CHINESE, big5: CHINESE_TRADITIONAL, shift_jis: JAPANESE, "euc-kr": KOREAN }[name];
  return letters.filter((one) => common.test(one)).length / letters.length;
}

// The commonest letters, and those of words for months, places, amounts and names of columns.
const CHINESE =
  /[的一是不了在人有我他这中大来上个国和地到以说时要就出会可也你对生能子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运京州省县价销售收入人口城姓名编号日期额单位数量合计]/u;
const CHINESE_TRADITIONAL =
  /[的一是不了在人有我他這中大來上個國和地到以說時要就出會可也你對生能子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門任常先海通教原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直資命山金指統區保至社便空決治展馬科司五基書非則聽白卻界達光放強即像難且權思王完設式色路記南品住告類求據程北邊台灣縣價銷售城姓名編號額單]/u;
const JAPANESE = /[\u3041-\u30ff\u3001\u3002年月日人口東京都大阪市県区国名前数量合計金額売上商品番号地域]/u;
const KOREAN = /[\uac00-\ud7a3]/u;

/** Words of letters above 127, of which most are small ones of windows-1251. */
function isCyrillic(head: Buffer, runs: readonly number[]): boolean {
  const long = runs.filter((length) => length >= 3).reduce((sum, length) => sum + length, 0);
  const all = runs.reduce((sum, length) => sum + length, 0);
  if (all === 0 || long < all / 2) return false;
  let letters = 0;
  for (const byte of head) if (byte >= 0xc0) letters++;
  return letters > 0.9 * all;
}
