"""The weights of a GGUF file as 4-bit ONNX decoders, as onnxruntime's own exporter makes them. About 2 minutes for 0.5B.

    python bench/engine/export-onnx.py MODEL.gguf OUT      gives OUT/cpu and OUT/webgpu

Only the last token's logits are computed, as every other engine does: those of a prompt of 512 would be larger than
what a software adapter binds. transformers.js finds what it wants in OUT/webgpu too.
"""

import os
import subprocess
import sys
import tempfile

import onnx
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig


def name_head_size(file, size):
    """The exporter leaves the last size of keys and values open, which transformers.js takes for 0."""
    decoder = onnx.load(file, load_external_data=False)
    for value in [*decoder.graph.input, *decoder.graph.output]:
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_param == "kv_cache_dim":
                dimension.dim_value = size
    onnx.save(decoder, file)


source, out = (os.path.abspath(path) for path in sys.argv[1:])
with tempfile.TemporaryDirectory() as scratch:
    weights = os.path.join(scratch, "weights")
    place = {"pretrained_model_name_or_path": os.path.dirname(source), "gguf_file": os.path.basename(source)}
    plain = GgufConfig(dequantize=True)
    model = AutoModelForCausalLM.from_pretrained(**place, dtype="float32", quantization_config=plain)
    tokenizer = AutoTokenizer.from_pretrained(**place)
    config = model.config
    head_size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    model.save_pretrained(weights)
    tokenizer.save_pretrained(weights)

    for provider in ["cpu", "webgpu"]:
        target = os.path.join(out, provider)
        if os.path.exists(target):
            continue
        unfinished = f"{target}.part"
        exporter = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-i", weights, "-o", unfinished]
        options = ["-p", "int4", "-e", provider, "-c", os.path.join(scratch, "cache")]
        subprocess.run([*exporter, *options, "--extra_options", "prune_lm_head=true"], check=True)
        name_head_size(os.path.join(unfinished, "model.onnx"), head_size)
        config.save_pretrained(unfinished)
        os.rename(unfinished, target)
