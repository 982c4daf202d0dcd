/** Words that a question begins with which leans on the one before: "And for 2014?" */
const BEGINS =
  /^[¿¡"'\s]*(and|or|but|only|just|now|then|also|same|instead|what about|how about|et|mais|seulement|uniquement|maintenant|y|pero|s[oó]lo|solamente|ahora)(?![\p{L}\p{N}])/iu;
/** What stands for something said before. */
const POINTS =
  /\b(those|these|them|it|its|they|their|he|she|his|her|that one|the same|ceux|celles|eux|leur|celui|celle|esos|esas|estos|estas|ellos|ellas|eso|aquellos)\b|它|他们|她们|这些|那些|其中|それ|その|これら/iu;
const CJK = /^(那|还有|只|现在|では|じゃあ|そして|また)|呢[?？]?$|^.{1,12}は[?？]$/u; // words there are not set apart
const MAX_LENGTH = 60; // UTF-16 units; a longer question stands by itself

/** Whether a question leans on the one before. A small model takes over too much of what it is reminded of. */
export function isFollowUp(question: string): boolean {
  if (question.length > MAX_LENGTH) return false;
  return BEGINS.test(question) || CJK.test(question) || POINTS.test(question);
}
