/** Whether a path, relative to the notebook's folder, is hidden: its name or a folder's on the way begins with a dot. */
export function isHidden(relativePath: string): boolean {
  return relativePath.split(/[/\\]/).some((segment) => segment.startsWith(".") && segment !== "." && segment !== "");
}
