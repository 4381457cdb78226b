// Receipt numbers and query codes, as people type them and as they are read aloud.

const DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];
const CODE = /^[0-9A-HJKMNP-TV-Z]{8}$/; // Crockford's base 32

/** The twelve digits that somebody typed, spaces and full-width digits taken; null when it cannot be a receipt number. */
export function readReceipt(typed) {
  const digits = plain(typed);
  if (!/^[0-9]{12}$/.test(digits)) return null;
  return [...digits].reduce((check, digit) => DAMM[check][digit], 0) === "0" ? digits : null;
}

/** The code that somebody typed, in either case, O for 0 and I or L for 1; null when it cannot be one. */
export function readCode(typed) {
  const code = plain(typed).toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
  return CODE.test(code) ? code : null;
}

/** In groups of four. */
export const spoken = (text) => text.match(/.{1,4}/g).join(" ");

const plain = (typed) => typed.normalize("NFKC").replace(/[\s\p{Pd}\p{Cf}]/gu, "");
