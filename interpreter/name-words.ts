/** "meanPrice" -> "mean price": what divides names in other ways, as mean_price, is for the caller to see. */
export function withoutCamelCase(name: string): string {
  return name.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
}
