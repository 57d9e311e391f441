/**
 * Reads a list as PostgreSQL writes it: `{1,NULL,"a \"b\""}`, or with bounds of its own `[0:1]={1,2}`. Elements are made
 * of their text, lists in it are lists.
 */
export function parseArray(text: string, element: (text: string) => unknown): unknown[] {
  const start = text.startsWith("[") ? text.indexOf("=") + 1 : 0;
  const [list, end] = listFrom(text, start, element);
  if (end !== text.length) throw new SyntaxError("This is no list of PostgreSQL's.");
  return list;
}

function listFrom(text: string, start: number, element: (text: string) => unknown): [unknown[], number] {
  const items: unknown[] = [];
  let at = start + 1;
  while (text[at] !== "}") {
    if (at >= text.length) throw new SyntaxError("A list of PostgreSQL's is cut off.");
    const [item, next] = text[at] === "{" ? listFrom(text, at, element) : itemFrom(text, at, element);
    items.push(item);
    at = text[next] === "," ? next + 1 : next;
  }
  return [items, at + 1];
}

function itemFrom(text: string, start: number, element: (text: string) => unknown): [unknown, number] {
  if (text[start] === '"') {
    const [content, next] = quotedFrom(text, start);
    return [element(content), next];
  }
  let end = start;
  while (end < text.length && text[end] !== "," && text[end] !== "}") end += 1;
  const content = text.slice(start, end);
  return [content === "NULL" ? null : element(content), end];
}

/** A text in quotes, in which backslashes stand before quotes and backslashes; and the place behind it. */
export function quotedFrom(text: string, start: number): [string, number] {
  let content = "";
  let from = start + 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') return [content + text.slice(from, at), at + 1];
    if (text[at] !== "\\") continue;
    content += text.slice(from, at);
    from = at += 1;
  }
  throw new SyntaxError("A text of PostgreSQL's is cut off.");
}
