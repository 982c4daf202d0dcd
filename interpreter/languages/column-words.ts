// What columns are called in each language: a model that is asked about 城市 and 数量 writes city and quantity.
import { withoutAccents } from "../name-words.ts";

/** Who somebody is, in words as the others': the values of another column are none of them. */
const ROLES = [
  "actor actress schauspieler schauspielerin actriz acteur actrice",
  "director regisseur realisateur realisatrice",
  "author writer autor autorin auteur autora ecrivain 作者 著者",
  "driver fahrer fahrerin conductor conducteur 司机 运転士 運転手",
  "doctor physician arzt arztin medico medica medecin 医生 医師",
  "patient patientin paciente patiente",
  "teacher lehrer lehrerin profesor professeur enseignant lehrkraft 老师 教师 先生 教員",
  "student pupil schuler schulerin alumno estudiante eleve etudiant 学生 生徒",
  "employee worker mitarbeiter mitarbeiterin angestellter empleado employe staff 员工 社員 従業員",
  "customer client kunde kundin cliente kunden 客户 顾客 顧客",
  "supplier vendor lieferant proveedor fournisseur 供应商 仕入先",
  "player spieler spielerin jugador joueur",
  "singer sanger sangerin cantante chanteur chanteuse",
].map((words) => words.split(" "));

/** Words for one thing, in lower case and without accents. Chinese and Japanese ones may be parts of a name. */
const THINGS: readonly (readonly string[])[] = [
  ...ROLES,
  ...[
    "date day datum tag fecha dia jour 日期 日付 入荷日 日",
    "year jahr ano annee 年份 年度 年",
    "month monat mes mois 月份 月",
    "time hour zeit uhrzeit hora heure 时间 時間 時刻",
    "city town stadt ort ciudad ville 城市 都市 市町村 市",
    "country nation land pais pays 国家 国名 国",
    "region province bundesland comunidad provincia 地区 地域 省份 都道府県",
    "district bezirk stadtteil distrito barrio quartier arrondissement 区域 区",
    "name nombre nom 名称 名字 姓名 名前 氏名",
    "quantity qty units menge anzahl stuck cantidad unidades quantite unites 数量 個数",
    "price preis einzelpreis precio prix 单价 价格 単価 価格 値段",
    "amount betrag summe importe montant 金额 金額",
    "revenue turnover umsatz facturacion ingresos 销售额 売上",
    "cost kosten coste costo cout 成本 费用 費用 原価",
    "product item article produkt artikel ware producto articulo produit 产品 商品 製品 品名",
    "type kind category art typ kategorie tipo categoria categorie 类型 种类 类别 種類 分類 区分 カテゴリ",
    "shop store branch laden filiale geschaft tienda sucursal magasin boutique 商店 门店 店铺 店舗 支店 店",
    "payment zahlung bezahlung zahlungsart pago paiement 支付 付款 支払 決済",
    "order bestellung auftrag pedido commande 订单 注文",
    "sex gender geschlecht sexo genero sexe 性别 性別",
    "age alter edad 年龄 年齢",
    "department abteilung departamento departement 部门 部門 部署",
    "station bahnhof haltestelle estacion gare 车站 站点 駅",
    "duration dauer duracion duree 时长 所要時間",
    "distance entfernung distancia 距离 距離",
    "weight gewicht peso poids 重量 体重",
    "height hohe altura hauteur 高度 身高 高さ 身長",
    "temperature temp temperatur temperatura 温度 气温 気温",
    "grade mark score note punkte nota puntuacion 成绩 分数 得分 点数 成績",
    "subject fach schulfach asignatura materia matiere 科目 学科 教科",
    "class klasse clase classe 班级 クラス",
    "warehouse lager almacen entrepot 仓库 倉庫",
    "stock inventory bestand lagerbestand existencias inventario 库存 在庫",
    "part teil pieza piece 零件 部品",
    "id number nummer numero 编号 单号 番号",
    "status state zustand estado statut etat 状态 状態",
    "rating bewertung valoracion calificacion evaluation 评分 評価",
    "title titel titulo titre 标题 书名 タイトル 題名",
    "route line linie strecke ruta linea ligne itineraire 线路 路线 路線",
    "cause reason grund ursache causa motivo raison motif 原因 理由",
    "rain rainfall precipitation regen niederschlag lluvia precipitacion pluie precipitations 降雨量 降水量 雨量",
    "passengers riders fahrgaste passagiere pasajeros passagers 乘客 乗客",
    "visitors besucher visitantes visiteurs 游客 参观 来場者 来館者 入場者",
    "room zimmer raum habitacion sala chambre salle 房间 部屋",
    "area flache superficie surface 面积 面積",
    "population einwohner bevolkerung poblacion habitants 人口",
    "color colour farbe color couleur 颜色 色",
    "size grosse tamano taille 尺寸 サイズ 大きさ",
    "car vehicle auto automobile wagen coche carro voiture 汽车 車",
    "flight flug vuelo vol 航班 飞行 便 フライト",
    "movie film pelicula 电影 映画",
    "person people mensch leute persona gente personne gens 人",
    "speed geschwindigkeit velocidad vitesse 速度",
    "wind viento vent 风 風",
    "snow schnee nieve neige 雪 降雪",
    "weather wetter meteo 天气 天気",
    "bird vogel pajaro ave oiseau 鸟 鳥",
    "death tod todesfall todesfalle muerte deces mort 死亡 死者",
    "birth geburt nacimiento naissance 出生",
    "accident unfall accidente 事故",
    "group gruppe grupo groupe 组 グループ",
    "job beruf arbeit trabajo empleo metier emploi 职业 職業 仕事",
    "wage salary pay lohn stundenlohn gehalt salario sueldo salaire paie 工资 时薪 月薪 薪资 給料 時給 給与",
    "fee charge gebuhr tarifa cuota frais 学费 手续费 料金",
    "language sprache idioma langue 语言 语种 言語",
    "floor stockwerk planta piso 楼层",
    "booking reservation buchung reserva 预订 予約",
    "owner besitzer eigentumer propietario dueno proprietaire 业主 所有者 飼い主",
    "fuel kraftstoff treibstoff combustible carburant 燃料",
    "mileage kilometerstand kilometraje kilometrage 里程 走行距離",
    "lesson unterrichtsstunde leccion lecon 课次 授業",
    "machine maschine maquina 机器 设备 機械",
    "shift schicht turno equipe 班次 シフト",
    "episode folge episodio エピソード",
    "ticket eintrittskarte billet 门票 チケット",
    "budget presupuesto 预算 予算",
    "brand maker manufacturer marke hersteller marca fabricante marque fabricant 品牌 厂商 メーカー",
  ].map((words) => words.split(" ")),
];

const IN_PARTS = /[\p{Script=Han}\p{Script=Katakana}]/u;

/**
 * Whether a column's name has a word for everything that another name says, each in any of the languages.
 * @param words of the other name, in lower case and without accents
 * @param column its words, likewise
 */
export function isTranslationOf(words: readonly string[], column: readonly string[]): boolean {
  if (words.length === 0 || words.every((word) => column.includes(word))) return false;
  return words.every((word) =>
    THINGS.some((thing) => thing.includes(word) && thing.some((other) => isIn(other, column))),
  );
}

function isIn(word: string, column: readonly string[]): boolean {
  return column.some((own) => (IN_PARTS.test(word) && word.length > 1 ? own.includes(word) : own === word));
}

/**
 * Whether a word names who somebody is, and a column something else: an actor is asked for, and a director told. What is
 * called by a name, a title or a number may be anybody.
 * @param words all in lower case and without accents
 */
export function isOtherThan(role: string, column: readonly string[]): boolean {
  return isRole(role) && !isOf(role, column) && THINGS.some((thing) => isNamedBy(thing, column));
}

/** Whether one of the words names the same role. */
export function isOf(role: string, words: readonly string[]): boolean {
  const own = ROLES.find((one) => hasWord(one, role)) ?? [role];
  return words.some((word) => hasWord(own, word));
}

export function isRole(word: string): boolean {
  return ROLES.some((one) => hasWord(one, word));
}

function isNamedBy(thing: readonly string[], column: readonly string[]): boolean {
  return !["name", "title", "id"].includes(thing[0]!) && column.some((word) => hasWord(thing, word));
}

/** In the singular or the plural. */
function hasWord(words: readonly string[], word: string): boolean {
  return words.some((one) => ["", "s", "es", "n", "en", "nen"].some((ending) => one + ending === word));
}

/** What a table of anything may have. */
const OF_ANYTHING = ["date", "year", "month", "time", "name", "id", "type", "quantity"];

/** What a text speaks of, in any of the languages; each as the words by which a column or a table may be called. */
export function thingsIn(text: string): readonly (readonly string[])[] {
  const plain = withoutAccents(text);
  const words = plain.match(/\p{Script=Latin}+/gu) ?? [];
  const alone = (letter: string) => new RegExp(`(?<!\\p{Script=Han})${letter}(?!\\p{Script=Han})`, "u").test(plain);
  const isSaid = (word: string) => {
    if (!IN_PARTS.test(word)) return words.some((own) => hasWord([word], own));
    return word.length > 1 ? plain.includes(word) : alone(word);
  };
  return THINGS.filter((thing) => !OF_ANYTHING.includes(thing[0]!) && thing.some(isSaid));
}

/** Whether a word of a name is one of a thing's. */
export function isWordOf(thing: readonly string[], word: string): boolean {
  const isForm = hasWord(thing, word) || thing.some((own) => hasWord([word], own));
  return isForm || thing.some((own) => IN_PARTS.test(own) && own.length > 1 && word.includes(own));
}
