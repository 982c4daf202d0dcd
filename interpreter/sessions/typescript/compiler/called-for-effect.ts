// Calls that are made for what they do: `server.listen(0)` gives the server again, `stream.write("x")` says whether there
// is room, `setTimeout(f)` gives a timer. As a cell's last expression they show nothing.
import ts from "../typescript.cjs";

const LISTENING = new Set([
  ...["on", "once", "off", "addListener", "removeListener", "removeAllListeners"],
  ...["prependListener", "prependOnceListener", "setMaxListeners", "listen"],
]);
const OF_EMITTERS = new Set([
  ...["emit", "write", "end", "close", "destroy", "pause", "resume", "cork", "uncork", "pipe", "unpipe"],
  ...["setEncoding", "setTimeout", "setKeepAlive", "setNoDelay", "ref", "unref", "kill", "send", "postMessage"],
]);
const TIMERS = new Set(["Timeout", "Timer", "Immediate"]);

export function isCalledForEffect(expression: ts.Expression, checker: ts.TypeChecker): boolean {
  let call = expression;
  while (ts.isParenthesizedExpression(call)) call = call.expression;
  if (!ts.isCallExpression(call)) return false;
  if (isTimer(checker.getTypeAtLocation(call).symbol)) return true;
  if (!ts.isPropertyAccessExpression(call.expression)) return false;
  const { expression: receiver, name } = call.expression;
  if (!LISTENING.has(name.text) && !OF_EMITTERS.has(name.text)) return false;
  const type = checker.getTypeAtLocation(receiver);
  if ((type.flags & ts.TypeFlags.Any) !== 0) return LISTENING.has(name.text);
  return type.getProperty("emit") !== undefined && type.getProperty("on") !== undefined;
}

function isTimer(symbol: ts.Symbol | undefined): boolean {
  const isNodes = (node: ts.Node) => node.getSourceFile().fileName.includes("/@types/node/");
  return symbol !== undefined && TIMERS.has(symbol.name) && (symbol.declarations?.some(isNodes) ?? false);
}
