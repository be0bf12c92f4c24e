namespace FedAi.Daemon.OpenAi;

/// <summary>JSON schemas of what /v1 takes and gives besides the parameters, for /openapi.json. A test holds real answers against them.</summary>
internal static class OpenApiSchemas
{
    public static IReadOnlyList<(string Name, string Schema)> All { get; } =
    [
        ("Usage", """{"type":"object","required":["prompt_tokens","total_tokens"],"properties":{"prompt_tokens":{"type":"integer"},"completion_tokens":{"type":"integer"},"total_tokens":{"type":"integer"}}}"""),
        ("ProofId", """{"type":"object","required":["requestId"],"properties":{"requestId":{"type":"string"}}}"""),
        ("FinishReason", """{"enum":["stop","length","tool_calls",null]}"""),
        ("Content", """{"oneOf":[{"type":"string"},{"type":"array","items":{"type":"object","required":["type","text"],"properties":{"type":{"const":"text"},"text":{"type":"string"}}}},{"type":"null"}]}"""),
        ("Message", """
            {"type":"object","required":["role"],"properties":{"role":{"enum":["system","developer","user","assistant","tool"]},"content":{"$ref":"#/components/schemas/Content"},
             "name":{"type":["string","null"],"maxLength":64},"tool_calls":{"type":["array","null"],"maxItems":128,"items":{"$ref":"#/components/schemas/ToolCall"}},"tool_call_id":{"type":["string","null"],"maxLength":256}}}
            """),
        ("ToolCall", """{"type":"object","required":["id","function"],"properties":{"id":{"type":"string"},"type":{"const":"function"},"function":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"arguments":{"type":"string"}}}}}"""),
        ("Tool", """{"type":"object","required":["type","function"],"properties":{"type":{"const":"function"},"function":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9_-]{1,64}$"},"description":{"type":["string","null"]},"parameters":{"type":["object","null"]}}}}}"""),
        ("NamedTool", """{"type":"object","required":["type","function"],"properties":{"type":{"const":"function"},"function":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}"""),
        ("ResponseFormat", """
            {"oneOf":[{"type":"null"},{"type":"object","required":["type"],"properties":{"type":{"enum":["text","json_object"]}}},
             {"type":"object","required":["type","json_schema"],"properties":{"type":{"const":"json_schema"},"json_schema":{"type":"object","required":["schema"],"properties":{"name":{"type":"string"},"schema":{"type":"object"},"strict":{"type":["boolean","null"]}}}}}]}
            """),
        ("ChatCompletion", """
            {"type":"object","required":["id","object","created","model","choices","usage","fedai"],"properties":{"id":{"type":"string"},"created":{"type":"integer"},"model":{"type":"string"},"object":{"const":"chat.completion"},"usage":{"$ref":"#/components/schemas/Usage"},"fedai":{"$ref":"#/components/schemas/ProofId"},
             "choices":{"type":"array","items":{"type":"object","required":["index","message","finish_reason"],"properties":{"index":{"const":0},"logprobs":{"type":"null"},"finish_reason":{"$ref":"#/components/schemas/FinishReason"},
              "message":{"type":"object","required":["role","content","refusal"],"properties":{"role":{"const":"assistant"},"content":{"type":["string","null"]},"refusal":{"type":"null"},"tool_calls":{"type":"array","items":{"$ref":"#/components/schemas/ToolCall"}}}}}}}}}
            """),
        ("ChatCompletionChunk", """
            {"type":"object","required":["id","object","created","model","choices"],"properties":{"id":{"type":"string"},"created":{"type":"integer"},"model":{"type":"string"},"object":{"const":"chat.completion.chunk"},"usage":{"oneOf":[{"type":"null"},{"$ref":"#/components/schemas/Usage"}]},"fedai":{"$ref":"#/components/schemas/ProofId"},
             "choices":{"type":"array","items":{"type":"object","required":["index","delta","finish_reason"],"properties":{"index":{"const":0},"logprobs":{"type":"null"},"finish_reason":{"$ref":"#/components/schemas/FinishReason"},
              "delta":{"type":"object","properties":{"role":{"const":"assistant"},"content":{"type":["string","null"]},"tool_calls":{"type":"array","items":{"type":"object","required":["index","function"],"properties":{"index":{"type":"integer"},"id":{"type":"string"},"type":{"const":"function"},
               "function":{"type":"object","properties":{"name":{"type":"string"},"arguments":{"type":"string"}}}}}}}}}}}}}
            """),
        ("TextCompletion", """
            {"type":"object","required":["id","object","created","model","choices"],"properties":{"id":{"type":"string"},"created":{"type":"integer"},"model":{"type":"string"},"object":{"const":"text_completion"},"usage":{"oneOf":[{"type":"null"},{"$ref":"#/components/schemas/Usage"}]},"fedai":{"$ref":"#/components/schemas/ProofId"},
             "choices":{"type":"array","items":{"type":"object","required":["index","text","finish_reason"],"properties":{"index":{"const":0},"text":{"type":"string"},"logprobs":{"type":"null"},"finish_reason":{"$ref":"#/components/schemas/FinishReason"}}}}}}
            """),
        ("EmbeddingList", """
            {"type":"object","required":["object","data","model","usage","fedai"],"properties":{"object":{"const":"list"},"model":{"type":"string"},"usage":{"$ref":"#/components/schemas/Usage"},"fedai":{"$ref":"#/components/schemas/ProofId"},
             "data":{"type":"array","items":{"type":"object","required":["object","index","embedding"],"properties":{"object":{"const":"embedding"},"index":{"type":"integer"},"embedding":{"oneOf":[{"type":"array","items":{"type":"number"}},{"type":"string","contentEncoding":"base64"}]}}}}}}
            """),
        ("Model", """{"type":"object","required":["id","object","created","owned_by"],"properties":{"id":{"type":"string"},"object":{"const":"model"},"created":{"type":"integer"},"owned_by":{"type":"string"},"context_window":{"type":"integer"},"max_completion_tokens":{"type":"integer"},"features":{"type":"array","items":{"type":"string"}}}}"""),
        ("ModelList", """{"type":"object","required":["object","data"],"properties":{"object":{"const":"list"},"data":{"type":"array","items":{"$ref":"#/components/schemas/Model"}}}}"""),
        ("Job", """
            {"type":"object","required":["id","object","endpoint","status","created_at"],"properties":{"id":{"type":"string"},"object":{"const":"fedai.job"},"endpoint":{"type":"string"},"status":{"enum":["in_progress","completed","failed"]},"created_at":{"type":"integer"},"expires_at":{"type":"integer"},
             "status_code":{"type":"integer"},"result":{"type":"object"},"error":{"type":"object"}}}
            """),
        ("DeletedJob", """{"type":"object","required":["id","object","deleted"],"properties":{"id":{"type":"string"},"object":{"const":"fedai.job"},"deleted":{"const":true}}}"""),
        ("Proof", """{"type":"object","required":["request","metering","responseDigest"],"properties":{"request":{"type":"object"},"metering":{"type":"object"},"responseDigest":{"type":"string"},"response":{"type":"object"}}}"""),
        ("Envelope", """{"type":"object","required":["payload","nonce","ts","keyId","sig"],"properties":{"payload":{"type":"object"},"nonce":{"type":"string"},"ts":{"type":"number"},"keyId":{"type":"string"},"sig":{"type":"string"}}}"""),
        ("Refusal", """{"type":"object","required":["error"],"properties":{"error":{"type":"string"},"hint":{"type":"string"}}}"""),
        ("Error", """
            {"type":"object","required":["error"],"properties":{"error":{"type":"object","required":["message","type","param","code"],"properties":{"message":{"type":"string"},"type":{"type":"string"},"param":{"type":["string","null"]},"code":{"type":"string"},
             "loading":{"type":"object","required":["progress_percent"],"properties":{"progress_percent":{"type":"integer","minimum":0,"maximum":100},"eta_seconds":{"type":"number"}}}}}}}
            """),
    ];
}
