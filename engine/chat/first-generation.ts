/**
 * What the first generation was trained with (QwenLM/Qwen, qwen_generation_utils.py: make_context). Its files carry no
 * template, since its tokenizer's own code made the prompts.
 */
const CHATML = `{%- for message in messages %}
{%- if loop.first and message.role != 'system' %}{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{%- endif %}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`;

/** The file's own template; the first generation's where it has none and is of that architecture. */
export function chatTemplateOf(metadata: ReadonlyMap<string, unknown>): string | undefined {
  const template = metadata.get("tokenizer.chat_template");
  if (typeof template === "string") return template;
  return metadata.get("general.architecture") === "qwen" ? CHATML : undefined;
}
