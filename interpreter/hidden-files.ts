/** Whether a path relative to the notebook's folder leads through a name that begins with a dot: keys, git and settings lie there. */
export function isHidden(relativePath: string): boolean {
  return relativePath.split(/[/\\]/).some((name) => name.startsWith("."));
}
