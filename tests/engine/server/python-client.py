"""The official Python client against a server whose model always says "abc": python-client.py BASE_URL KEY"""

import sys

from openai import BadRequestError, NotFoundError, OpenAI

base_url, key = sys.argv[1:]
client = OpenAI(base_url=base_url, api_key=key, max_retries=0)
question = [{"role": "developer", "content": "Be short."}, {"role": "user", "content": "Hi", "name": None}]

answer = client.chat.completions.create(model="tiny", messages=question, n=2, seed=1, temperature=1)
assert [choice.message.content for choice in answer.choices] == ["abc", "abc"], answer

chunks = client.chat.completions.create(
    model="tiny", messages=question, stream=True, stream_options={"include_usage": True}
)
texts = [(chunk.choices[0].delta.content or "", None) if chunk.choices else ("", chunk.usage) for chunk in chunks]
assert "".join(text for text, _ in texts) == "abc", texts
assert texts[-1][1].completion_tokens == 3, texts

completion = client.completions.create(model="tiny", prompt=["a", "b"], echo=True, logprobs=1, max_tokens=1)
assert [choice.text for choice in completion.choices] == ["aa", "ba"], completion
assert completion.choices[1].logprobs.token_logprobs == [None, -0.5], completion

response = client.responses.create(model="tiny", input="Hi", instructions="Be short.")
assert response.output_text == "abc", response
with client.responses.stream(model="tiny", input="Hi") as stream:
    deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
    assert "".join(deltas) == "abc", deltas
    assert stream.get_final_response().status == "completed"

vectors = client.embeddings.create(model="tiny", input=["a", "b"])
assert [round(vector.embedding[1], 6) for vector in vectors.data] == [0.8, 0.8], vectors

assert client.models.retrieve("tiny").id == "tiny"
try:
    client.models.retrieve("Qwen/other:1")
    raise AssertionError("a model that is not there was found")
except NotFoundError as error:
    assert error.code == "model_not_found", error
try:
    client.embeddings.create(model="tiny", input="a", dimensions=8)
    raise AssertionError("dimensions were taken")
except BadRequestError as error:
    assert error.param == "dimensions", error
