/** A repository as people know it: OWNER/REPO, or the address of its page. */
const REPOSITORY =
  /^(?:(?:https?:\/\/)?(?:www\.)?(?<host>huggingface\.co|hf\.co|modelscope\.(?:cn|ai))\/(?:models\/)?)?(?<owner>\w[\w.-]*)\/(?<repository>\w[\w.-]*)(?<page>\/.*)?$/i;

/** How a model is named here that was named as a hub does it; undefined: it was not. */
export function meantHubName(name: string): string | undefined {
  const { host, owner, repository, page } = REPOSITORY.exec(name)?.groups ?? {};
  if (owner === undefined || repository === undefined || /\.gguf$/i.test(repository)) return undefined;
  if (host === undefined && (page !== undefined || !/qwen/i.test(name))) return undefined; // a path of this machine
  const [prefix, other] = host?.toLowerCase().startsWith("modelscope") ? ["ms", "hf"] : ["hf", "ms"];
  const own = `${prefix}:${owner}/${repository}`;
  return host === undefined ? `${own} on Hugging Face, or ${other}:${owner}/${repository} on ModelScope` : own;
}
