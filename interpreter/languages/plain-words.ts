// Words of questions that name nothing of a table: how it is asked, what is computed, what happens to anything. What is left
// of a question without them, and without the names and values of a table, may be another word for one of its values.
import { withoutAccents } from "../name-words.ts";
import { monthsIn, quarterIn, weekdayIn } from "./times.ts";

/** In lower case and without accents; of Chinese and Japanese the longest first, since they stand without spaces. */
const LATIN = new Set(
  [
    // English
    "a about across added after all altogether among amount amounts an and any are as ask at average avg be been before " +
      "below between both but by calculate came can chart column columns come compare compared compute count counts cost costs " +
      "could data dataset day days descending did different distinct distribution do does each earn earned entries entry equal " +
      "every exactly fewest few file find first following for from generate generated get give given go got grouped had happen " +
      "happened has have having high higher highest hour how i in into is it its kind large larger largest last least less list " +
      "long look low lower lowest made make many max maximum me mean means median min minimum month months more most much my " +
      "name names near need not number numbers occur occurred of on once one only or order ordered our out over overall " +
      "per percent percentage please plot quarter query question rank ranked ranking record recorded records respective result " +
      "results row rows say second see sell selling sells share short shorter shortest show shown shows small smaller smallest " +
      "sold some sort sorted spend spent sum summary table tables take taken tell than that the their them then there these " +
      "they third this those through time times to together top total totals two three four five six seven eight nine ten " +
      "trend under unique up us use used using value values was way we week weekday weeks were what when where which while who " +
      "whose will with within without would year years you your bought buy biggest greatest best worst better worse longest " +
      "expensive cheapest cheap dearest typical typically usual altogether bar line pie draw visualize",
    // German
    "aber alle allem allen aller alles als am an anteil anzahl auf aufgelistet aus bei beim bitte bis da damit das dass dem " +
      "den der des die dies diese diesem diesen dieser dieses durch durchschnitt durchschnittlich durchschnittliche " +
      "durchschnittlichen ein eine einem einen einer eines einzelne einzelnen er erste ersten es fur gab ganz geben gebe gehort " +
      "genau gesamt gesamte gesamten gesamtzahl gibt gross grosse grosste grossten habe haben hat hatte hatten haufig haufigste " +
      "haufigsten hoch hochste hochsten hochster ich ihre ihren im in insgesamt ist jahr jahre jahren je jede jedem jeden jeder " +
      "jedes jeweils kann kannst kleinste kleinsten kommen kommt kostet kosten kurz kurzeste letzte letzten liste machen man " +
      "maximal maximale mehr mehrere meiste meisten menge mich minimal minimale mir mit mittel mittlere mittleren mittlerer " +
      "monat monate monaten nach nenne nennen nenn niedrigste niedrigsten nur oder pro prozent sag schreibe sich sie sind " +
      "sortiert so summe tag tage tagen teuer teuerste teuersten billigste billigsten tabelle u uber um und uns unser unter " +
      "verkauft verkaufte verkauften verschiedene verschiedenen viel viele vielen vom von vor wann war waren was welche welchem " +
      "welchen welcher welches wem wen wenig wenige wenigsten wer werden wert werte wie wieviel wieviele wird wo woche wochen " +
      "wurde wurden zahl zahle zahlen zeig zeige zeilen zu zum zur zusammen zwei zwischen langste langsten beste besten",
    // Spanish
    "a al alta altas alto altos anos ano ayuda baja bajas bajo bajos cada calcula cual cuales cuando cuanta cuantas cuanto " +
      "cuantos cantidad caro cara caros caras barato barata cuesta cuestan da dame de del desde dia dias dime diferente " +
      "diferentes distinta distintas distinto distintos donde dos el ella ellos en entre era eran es esa ese eso esta estan " +
      "estas este esto estos filas fue fueron grande grandes ha haber habia han hasta hay hubo la las le les lista lo los " +
      "maxima maximo mas mayor mayores me media medias medio medios menor menores menos mes meses minima minimo mi muestra " +
      "muestrame muy no nombre nombres numero o otra otro para pero poco pocos por porcentaje primer primera primero promedio " +
      "que quien quienes registro registros se segun semana ser si sin sobre son su suma sus tabla tenia tenian tengo tiene tienen " +
      "tipo toda todas todo todos total totales tres tuvo tuvieron un una unas uno unos valor valores vende venden vendida vendidas " +
      "vendido vendidos vendieron vendio compro compraron compran gana gano hizo hacen vez veces y largo larga corta corto mejor peor ultima ultimo frecuente",
    // French
    "a affiche afficher ai au aucun aussi autre aux avait avec avez avoir ans annee annees an bas basse beaucoup bien calcule " +
      "ce cela ces cet cette chaque cher chere chers cheres combien comme comment cout coute coutent d dans de des deux depuis " +
      "different differente differentes differents donne donner dont du elle elles en ensemble entre est et etaient etait ete etre " +
      "eu eus faible faibles faire fait fois fut grand grande grandes grands haut haute hauts il ils j jour jours jusqu l la le " +
      "les leur leurs liste lignes lui m ma maximal maximale maximum me meme mes minimum minimal minimale moi moins mois montre " +
      "moyen moyenne moyennes moyens n ne nom nombre noms nos notre nous on ont ou par parmi pas petit petite petits plus pour " +
      "pourcentage premier premiere qu quand que quel quelle quelles quels qui quoi s sa sans se semaine semaines ses si son sont " +
      "somme sur table tableau tous tout toute toutes total totale totales trois type un une valeur valeurs vend vendu vendue " +
      "vendues vendus vous y ya eleve elevee elevees eleves long longue court meilleur meilleure pire dernier derniere " +
      "frequent frequente",
  ].flatMap((words) => words.split(" ")),
);
const HAN =
  "请问 一共 总共 多少 几个 几种 几次 哪个 哪些 哪位 哪家 哪种 哪一 什么 每个 每种 每位 每家 每天 每月 每年 各个 各自 各种 各 平均值 平均 均值 总数 总计 总和 合计 数量 " +
  "最高 最低 最多 最少 最大 最小 最长 最短 最贵 最便宜 第一 排名 排序 列出 显示 告诉 计算 统计 查询 分别 所有 全部 其中 以及 按照 根据 比例 占比 百分比 百分之 记录 " +
  "购买 卖出 售出 卖了 买了 发生 中位数 个数 次数 人数 金额 分布 表格 图表 数据 时候 时间 年份 月份 季度 量 年 月 日 天 周 的 了 是 在 有 和 与 或 按 每 中 里 为 吗 呢 我 " +
  "你 他 她 它 们 这 那 哪 几 个 份 次 种 位 家 名 条 件 元 买 卖 共 占 都 给 出 请 最 总 高 低 大 小 多 少 前 后 到 从 由 对 被 把 及 之 其 者 数 值 第 一 二 三 四 五 六 七 八 九 十 " +
  "平均値 合計 全体 全部 総数 件数 回数 人数 個数 最高 最低 最大 最小 最多 最長 最短 一番 一覧 表示 計算 教 何 誰 番 各 毎 別 全 割合 記録 売 買 中央値 時間 時 分 間 表 値 数 目 上 下 内 以上 以下 グラフ データ リスト";
const HAN_WORDS = [...new Set(HAN.split(" "))].sort((a, b) => b.length - a.length);

/** Han and Katakana: in Hiragana Japanese writes what stands between the names. */
const IN_HAN = /[\p{Script=Han}\p{Script=Katakana}ー]+/gu;
const IN_LATIN = /\p{Script=Latin}+/gu;
const LEAST = 3; // letters of a Latin word that may name something

/** Words of a text that may name something, as they stand: of Chinese and Japanese what is left between the plain ones. */
export function namingPartsOf(text: string): string[] {
  const words = (text.match(IN_LATIN) ?? []).filter((word) => word.length >= LEAST && !isPlainWord(word));
  const bare = HAN_WORDS.reduce((rest, word) => rest.replaceAll(word, " "), text);
  return [...words, ...(bare.match(IN_HAN) ?? [])];
}

function isPlainWord(word: string): boolean {
  const plain = withoutAccents(word.toLowerCase()).replaceAll("ß", "ss");
  return (
    LATIN.has(plain) || monthsIn(word).length > 0 || weekdayIn(word) !== undefined || quarterIn(word) !== undefined
  );
}
