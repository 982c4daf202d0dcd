"""The outside check of the protocol: every test of jupyter_kernel_test, every sample switched on."""

import unittest

import jupyter_kernel_test


class QwenlabTests(jupyter_kernel_test.KernelTests):
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
