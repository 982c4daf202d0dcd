/** "meanPrice" -> "mean price": what divides names in other ways, as mean_price, is for the caller to see. */
export function withoutCamelCase(name: string): string {
  return name.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
}

/** In lower case. Accents of Latin letters: in Japanese a mark makes another letter. */
export function withoutAccents(name: string): string {
  return name
    .normalize("NFD")
    .replace(/(\p{Script=Latin})\p{M}+/gu, "$1")
    .normalize("NFC")
    .toLowerCase();
}
