// Schemas that are made to stop whoever compiles them, against the server with a vocabulary of bytes. After each, an
// ordinary schema compiles; and the server answers while the grammar's thread works.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Grammars } from "../../../engine/grammar/grammars.ts";
import { expandedLength } from "../../../engine/grammar/pattern-length.ts";
import { boundedSchema } from "../../../engine/grammar/schema-limits.ts";
import { type Server, startServer } from "../../../engine/index.ts";
import { createRandom } from "../random.ts";
import { scriptedLanguageModel } from "../scripted-language-model.ts";
