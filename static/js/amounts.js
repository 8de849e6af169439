// Understands "15,000", "15k", "1.2m" as the server does, and says under the field what was understood. No float.
const TYPED = /^([-−]?)\s*(\d[\d.,\s'’_]*|[.,]\d+)\s*([km]?)$/i;
const SHIFT = { "": 0, k: 3, m: 6 };
const DECIMALS = { BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4 };
const WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
for (const code of WHOLE) DECIMALS[code] = 0;

function decimalText(typed) {
  const text = typed.replace(/[\s'’_]/g, "");
  const comma = text.lastIndexOf(",");
  const point = text.lastIndexOf(".");
  if (comma >= 0 && point >= 0) {
    return text.replaceAll(point > comma ? "," : ".", "").replace(",", ".");
  }
  if (comma < 0) return text;
  const groups = text.split(",");
  const thousands = groups[0] && groups.slice(1).every((group) => group.length === 3);
  return thousands ? text.replaceAll(",", "") : text.replace(",", ".");
}

/** The plain decimal digits of what was typed ("1.2m" is "1200000"), or null when it is not an amount. */
export function parse(typed) {
  const match = TYPED.exec(typed.trim());
  if (!match || typed.length > 40) return null;
  const number = decimalText(match[2]);
  if (!/^\d*\.?\d*$/.test(number) || !/\d/.test(number)) return null;
  const [whole, part = ""] = number.split(".");
  const shift = SHIFT[match[3].toLowerCase()];
  const padded = part.padEnd(shift, "0");
  const digits = (whole + padded.slice(0, shift)).replace(/^0+(?=\d)/, "") || "0";
  const rest = padded.slice(shift);
  return (match[1] ? "-" : "") + digits + (rest ? `.${rest}` : "");
}

/** How many decimals a currency has. */
export function places(currency) {
  return DECIMALS[currency] ?? 2;
}

/** Grouped, with the currency's decimals: "KES 1,200,000.00". Null when it has more decimals than the currency. */
export function say(plain, currency) {
  const most = places(currency);
  const [whole, part = ""] = plain.replace("-", "").split(".");
  const kept = part.replace(/0+$/, "");
  if (currency && kept.length > most) return null;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const tail = currency ? kept.padEnd(most, "0") : kept;
  const minus = plain.startsWith("-") ? "−" : "";
  return `${currency ? `${currency}\u00a0` : ""}${minus}${grouped}${tail ? `.${tail}` : ""}`;
}
