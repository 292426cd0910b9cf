/**
 * OpenAI's chat completions, POST {base}/chat/completions: OpenAI itself, llama.cpp's llama-server,
 * llama-cpp-python, vLLM, Ollama and others. Structured answers by response_format
 * {"type":"json_schema","json_schema":{name,strict,schema}} (the nested form is the one that all of them
 * enforce).
 */
#ifndef ND_MODEL_OPENAI_H
#define ND_MODEL_OPENAI_H

#include "nightdesk/model/model.h"

#define OPENAI_URL "https://api.openai.com/v1"

enum nd_rc openai_open(struct nd_model **out, const struct nd_model_config *config,
                       const struct nd_price *price, struct nd_http *http, struct nd_error *err);

#endif
