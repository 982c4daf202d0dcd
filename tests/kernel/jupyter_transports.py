"""A kernel started by Jupyter's own client, over a transport of its own. Prints what was seen as JSON."""

import json
import os
import stat
import sys

from jupyter_client import KernelManager

transport, encryption = sys.argv[1:]
manager = KernelManager(kernel_name="qwenlab", transport=transport, transport_encryption=encryption)
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=240)
    printed = []

    def hook(message):
        if message["msg_type"] in ("stream", "execute_result"):
            printed.append(message["content"].get("text") or message["content"]["data"]["text/plain"])

    def answer(message):
        client.input("Ada")

    client.execute_interactive("console.log(await input('name?')); 6 * 7", output_hook=hook, stdin_hook=answer, timeout=240)
    manager.restart_kernel()
    client.wait_for_ready(timeout=240)
    client.execute_interactive("'again'", output_hook=hook, timeout=240)
    with open(manager.connection_file) as file:
        connection = json.load(file)
    sockets = [f"{connection['ip']}-{port}" for port in manager.ports] if transport == "ipc" else []
    print(
        json.dumps(
            {
                "printed": printed,
                "isAlive": client.is_alive(),
                "transport": connection["transport"],
                "isEncrypted": "curve_secretkey" in connection,
                "modes": [stat.S_IMODE(os.stat(path).st_mode) for path in [manager.connection_file, *sockets]],
            }
        )
    )
finally:
    client.stop_channels()
    manager.shutdown_kernel()
