// Whether an answer says that the tables cannot tell what was asked.
import { isToldIn } from "./rows.mjs";

const LACKS = [
  /\b(no|not any|without) (such )?(column|data|information|field|record|row|mention)s?\b/,
  /\bno \S+( \S+)? (column|data|information|field)s?\b/,
  /\b(have|has|had) no\b/,
  /\b(cannot|impossible|unknown)\b|n't\b|\b(is|are|was|were|do|does|did) not\b|\bnot (in|available|recorded|part of)\b/,
  /\b(kein|keine|keinen|keiner|keinerlei)\b|\b(nicht|fehlt|unmöglich)\b/,
  /ne peut pas|ne peux pas|n'a pas|n'ont pas|n'est pas|ne contien\S+ pas|ne figure pas|pas de|aucune?\b|impossible/,
  /\bno (hay|tiene|tienen|contiene|contienen|existe|se puede|puede|puedo|figura|aparece|incluye|consta)\b|imposible/,
  /没有|无法|不能|不存在|未包含|不包含|缺少/,
  /ありません|できません|ない|含まれていません/,
];

/** @param tempting answers that another column would give: who tells one of them does not refuse */
export function isRefusal({ answer, chart }, question, tempting) {
  const text = answer.toLowerCase().replaceAll("’", "'");
  return (
    chart === undefined &&
    LACKS.some((words) => words.test(text)) &&
    !tempting.some((rows) => isToldIn(answer, question, rows))
  );
}
