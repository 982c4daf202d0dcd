"""The outside check of the protocol: every test of jupyter_kernel_test, every sample switched on."""

import unittest

import jupyter_kernel_test
from jupyter_kernel_test.msgspec_v5 import validate_message

HANGS = 240  # seconds
jupyter_kernel_test.TIMEOUT = HANGS


class Patience:
    """The same tests on a machine under load: their own limits are 0.1 s for a message, and 15 s for an answer."""

    def flush_channels(self):
        """What came until a request of its own is done, instead of until nothing came for 0.1 s."""
        msg_id = self.kc.kernel_info()
        while not self.is_last_of(self.kc.get_iopub_msg(timeout=HANGS), msg_id):
            pass
        while self.kc.get_shell_msg(timeout=HANGS)["parent_header"]["msg_id"] != msg_id:
            pass

    @staticmethod
    def is_last_of(message, msg_id):
        validate_message(message)
        return message["parent_header"].get("msg_id") == msg_id and message["content"].get("execution_state") == "idle"

    def execute_helper(self, code, timeout=HANGS, **options):
        channel = self.kc.iopub_channel
        get_msg = channel.get_msg
        channel.get_msg = lambda timeout: get_msg(timeout=HANGS)
        try:
            return super().execute_helper(code, timeout, **options)
        finally:
            del channel.get_msg

    def get_non_kernel_info_reply(self, timeout=None):
        return super().get_non_kernel_info_reply(timeout=HANGS)


class QwenlabTests(Patience, jupyter_kernel_test.KernelTests):
    kernel_name = "qwenlab"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "const clock = Date; clock.UT", "matches": ["UTC"]},
        {"text": "Math.cos", "matches": ["cos", "cosh"]},
        {"text": "'abc'.toUpp", "matches": ["toUpperCase"]},
        {"text": "'\U0001f389'.padS", "matches": ["padStart"]},
        {"text": "%appr", "matches": ["%approve"]},
    ]
    complete_code_samples = [
        "1 + 1",
        "console.log('hello, world')",
        "function f(x: number): number {\n  return x * 2;\n}",
        "await Promise.resolve(1)",
        "%help",
        "%%sql\nSELECT 1\n\n",
    ]
    incomplete_code_samples = [
        "function f(x: number): number {",
        "console.log(",
        "const text = `two",
        "[1, 2,",
        "%%chat",
    ]
    invalid_code_samples = ["const = 3", "let x = )", "'open"]
    code_page_something = "%help?"
    code_generate_error = "throw new Error('wrong')"
    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "[1, 2, 3].map((n) => n * n)", "result": "[ 1, 4, 9 ]"},
        {"code": "1 * 2 * 3 * 4", "result": "24"},
        {"code": "[{ a: 1, b: 2 }]", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "display.html('<b>bold</b>')", "mime": "text/html"},
        {"code": "display.markdown('**bold**')", "mime": "text/markdown"},
        {"code": "display.json({ a: 1 })", "mime": "application/json"},
        {"code": "display.svg('<svg/>')", "mime": "image/svg+xml"},
    ]
    code_history_pattern = "1 ? 2 ? 3"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.cos"
    code_clear_output = "clearOutput()"


class QwenlabWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "qwenlab"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
