"""llama.cpp's server on a free port of loopback: prints its address, ends with its standard input."""

import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"qwen2.5-coder-0.5b"}
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 4096
params.n_parallel = 1
params.use_jinja = True
params.api_keys = ["a key"]
params.cpuparams.n_threads = 2
params.cpuparams.poll = 0  # no spinning: the kernel under test needs the cores, too
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
