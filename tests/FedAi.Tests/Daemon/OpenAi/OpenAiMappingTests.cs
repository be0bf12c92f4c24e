using System.Text.Json;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Daemon.OpenAi;

public sealed class OpenAiMappingTests
{
    private const string Salt = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const string Hello = """[{"role":"user","content":"hello"}]""";

    private static readonly OpenAiModel[] Models = [new("tiny", 512, 128) { Features = [ModelFeatures.Tools, ModelFeatures.Json] }, new("wide", 4096, 0), new("vague", 0, 0)];

    private static (OpenAiCall? Call, OpenAiError? Error) Map(string body)
    {
        using var document = JsonDocument.Parse(body);
        var result = OpenAiMapping.ToCall(OpenAiOperation.Chat, document.RootElement, Models, "id-1", Salt);
        (result.Call is null).ShouldBe(result.Error is not null);
        return result;
    }

    private static OpenAiCall Accepted(string members) => Map($$"""{"model":"tiny","messages":{{Hello}}{{(members.Length > 0 ? "," : "")}}{{members}}}""").Call.ShouldNotBeNull();

    private static OpenAiError Refused(string members) => Map($$"""{"model":"tiny","messages":{{Hello}},{{members}}}""").Error.ShouldNotBeNull();

    [Fact]
    public void ToCall_EveryParameter_ReachesTheRequest()
    {
        var call = Accepted("""
            "max_completion_tokens":20,"temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.05,"seed":7,"presence_penalty":-1,"frequency_penalty":1.5,
            "stop":["a","b"],"logit_bias":{"12":-100},"stream":true,"stream_options":{"include_usage":true}
            """);

        call.Stream.ShouldBeTrue();
        call.IncludeUsage.ShouldBeTrue();
        call.UnknownMembers.ShouldBe(0);
        var request = call.Request;
        request.RequestId.ShouldBe("id-1");
        request.Salt.ShouldBe(Salt);
        request.ModelId.ShouldBe("tiny");
        request.MaxTokens.ShouldBe(20);
        request.Temperature.ShouldBe(0.5);
        request.TopP.ShouldBe(0.9);
        request.TopK.ShouldBe(40);
        request.MinP.ShouldBe(0.05);
        request.Seed.ShouldBe(7);
        request.PresencePenalty.ShouldBe(-1);
        request.FrequencyPenalty.ShouldBe(1.5);
        request.Stop.ShouldBe(["a", "b"]);
        request.LogitBias.ShouldNotBeNull().ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, double>("12", -100));
        request.Messages.ShouldNotBeNull().ShouldHaveSingleItem().ShouldBe(new ChatMessage { Role = "user", Content = "hello" });
    }

    [Fact]
    public void ToCall_Nothing_IsAWholeAnswerOfTheModelsLength()
    {
        var call = Accepted("");

        call.Stream.ShouldBeFalse();
        call.IncludeUsage.ShouldBeFalse();
        call.Request.MaxTokens.ShouldBe(128);
        call.Request.Temperature.ShouldBeNull();
        call.Request.Seed.ShouldBeNull();
        call.Request.Stop.ShouldBeNull();
        call.Request.Prompt.ShouldBe("");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775807")]
    public void ToCall_AnySeed_BecomesOneThatTravels(string seed)
    {
        var request = Accepted($"\"seed\":{seed}").Request;

        var wire = JsonSerializer.SerializeToElement(request, ProtocolJson.Default.InferenceRequest);
        JsonShape.Problems(wire, ProtocolJson.Default.InferenceRequest).ShouldBeEmpty();
        RequestValues.Problem(request).ShouldBeNull();
    }

    [Theory]
    [InlineData("\"stop\":\"x\"", 1)]
    [InlineData("\"stop\":null", 0)]
    [InlineData("\"stop\":[]", 0)]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\"]", 16)]
    public void ToCall_Stop_IsOneOrSeveral(string stop, int count) => (Accepted(stop).Request.Stop?.Count ?? 0).ShouldBe(count);

    [Fact]
    public void ToCall_BothLimits_TheNewerNameCounts()
    {
        Accepted("\"max_tokens\":5,\"max_completion_tokens\":6").Request.MaxTokens.ShouldBe(6);
        Accepted("\"max_completion_tokens\":6,\"max_tokens\":5").Request.MaxTokens.ShouldBe(6);
        Accepted("\"max_tokens\":5").Request.MaxTokens.ShouldBe(5);
    }

    [Theory]
    [InlineData("tiny", 512 - 4, 128)] // the limit of the answer
    [InlineData("tiny", 1800, 512 - (1800 + 6 + 3) / 4)] // "user: " and the text, a quarter of it
    [InlineData("wide", 100, 256)] // nobody said how long an answer may be
    [InlineData("vague", 100, 256)]
    [InlineData("unknown", 100, 256)]
    public void ToCall_NoLimit_TakesWhatFits(string model, int promptChars, int expected) =>
        Map($$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{new string('x', promptChars)}}"}]}""").Call!.Request.MaxTokens.ShouldBe(expected);

    [Theory]
    [InlineData("null")]
    [InlineData("1")]
    public void ToCall_PromptThatLeavesNoRoom_IsContextLengthExceeded(string maxTokens)
    {
        // "user: " and the text are 512 tokens, and a character less would leave one for the answer.
        string Body(int chars) => $$"""{"model":"tiny","max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"{{new string('x', chars)}}"}]}""";
        Map(Body((511 * 4) - 6)).Call!.Request.MaxTokens.ShouldBe(1);

        var error = Map(Body((511 * 4) - 5)).Error!;

        (error.Status, error.Code, error.Param).ShouldBe((400, "context_length_exceeded", "messages"));
        error.Message.ShouldContain("512");
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public void ToCall_MoreThanTheModelAnswers_IsACeiling(string name)
    {
        Accepted($"\"{name}\":128").Request.MaxTokens.ShouldBe(128);
        Accepted($"\"{name}\":4096").Request.MaxTokens.ShouldBe(128);
        Map($$"""{"model":"tiny","{{name}}":4096,"messages":[{"role":"user","content":"{{new string('x', 1800)}}"}]}""").Call!.Request.MaxTokens.ShouldBe(512 - ((1800 + 6 + 3) / 4), "no more than fits beside the prompt");
        Map($$"""{"model":"unknown","{{name}}":4096,"messages":{{Hello}}}""").Call!.Request.MaxTokens.ShouldBe(4096, "whoever serves it knows its limits");
    }

    [Fact]
    public void ToCall_MinusOne_IsNoLimit()
    {
        Accepted("\"max_tokens\":-1").Request.MaxTokens.ShouldBe(128);
        Accepted("\"max_tokens\":5,\"max_completion_tokens\":-1").Request.MaxTokens.ShouldBe(5);
        Accepted("\"top_k\":-1").Request.TopK.ShouldBe(0);
    }

    [Theory]
    [InlineData("""[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"}]""", "system:s user:u assistant:a")]
    [InlineData("""[{"role":"developer","content":"d"}]""", "system:d")]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]}]""", "user:one\ntwo")]
    [InlineData("""[{"role":"user","content":""}]""", "user:")]
    [InlineData("""[{"role":"user","content":[]}]""", "user:")]
    [InlineData("""[{"content":"u","role":"user","name":"ada","x":{"y":1}}]""", "user(ada):u")]
    [InlineData("""[{"role":"assistant","content":"a","refusal":null,"tool_calls":null,"audio":null}]""", "assistant:a")]
    [InlineData("""[{"role":"user","content":"\ud83d\ude00 é"}]""", "user:😀 é")]
    public void ToCall_Messages_KeepRoleAndText(string messages, string expected) =>
        string.Join(' ', Map($$"""{"model":"tiny","messages":{{messages}}}""").Call!.Request.Messages!
            .Select(message => $"{message.Role}{(message.Name is null ? "" : $"({message.Name})")}:{message.Content}")).ShouldBe(expected);

    [Theory]
    [InlineData("""{"role":"user"}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"content":"x"}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"role":"user","content":null}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"role":"user","content":5}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"role":"user","content":"\ud800"}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"\udfff!"}]}""", "messages[0].content[0].text", "invalid_value")]
    [InlineData("""{"role":"user","content":["x"]}""", "messages[0].content[0]", "invalid_value")]
    [InlineData("""{"role":"user","content":[{"text":"x"}]}""", "messages[0].content[0].type", "invalid_value")]
    [InlineData("""{"role":"user","content":[{"type":"text"}]}""", "messages[0].content[0].text", "invalid_value")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"x"}}]}""", "messages[0].content[1].type", "unsupported_parameter")]
    [InlineData("""{"role":"robot","content":"x"}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"role":7,"content":"x"}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"role":"tool","content":"x"}""", "messages[0].tool_call_id", "invalid_value")]
    [InlineData("""{"role":"tool","tool_call_id":"1"}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"role":"function","name":"f","content":"x"}""", "messages[0].role", "unsupported_parameter")]
    [InlineData("""{"role":"assistant","function_call":{"name":"f"}}""", "messages[0].function_call", "unsupported_parameter")]
    [InlineData("""{"role":"assistant","content":"x","tool_calls":[{"id":"1"}]}""", "messages[0].tool_calls[0].function", "invalid_value")]
    [InlineData("""{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}""", "messages[0].tool_calls[0].id", "invalid_value")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]}""", "messages[0].tool_calls[0].function.arguments", "invalid_value")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"1","type":"custom","custom":{"name":"f"}}]}""", "messages[0].tool_calls[0].type", "unsupported_parameter")]
    [InlineData("""{"role":"assistant","tool_calls":{}}""", "messages[0].tool_calls", "invalid_value")]
    [InlineData("""{"role":"user","content":"x","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}""", "messages[0].tool_calls", "invalid_value")]
    [InlineData("""{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}""", "messages[0].content[0].type", "unsupported_parameter")]
    [InlineData("""{"role":"user","content":"x","name":5}""", "messages[0].name", "invalid_value")]
    [InlineData("""{"role":"user","content":"x","\ud800":5}""", "messages[0]", "invalid_value")]
    [InlineData("\"user\"", "messages[0]", "invalid_value")]
    public void ToCall_BadMessage_IsNamedByPath(string message, string param, string code)
    {
        var error = Map($$"""{"model":"tiny","messages":[{{message}}]}""").Error.ShouldNotBeNull();

        (error.Status, error.Code, error.Param).ShouldBe((400, code, param));
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "model", "invalid_value")]
    [InlineData("""{"model":"","messages":[{"role":"user","content":"x"}]}""", "model", "invalid_value")]
    [InlineData("""{"model":["tiny"],"messages":[{"role":"user","content":"x"}]}""", "model", "invalid_value")]
    [InlineData("""{"model":"\udc00","messages":[{"role":"user","content":"x"}]}""", "model", "invalid_value")]
    [InlineData("""{"model":"tiny"}""", "messages", "invalid_value")]
    [InlineData("""{"model":"tiny","messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"model":"tiny","messages":"hello"}""", "messages", "invalid_value")]
    [InlineData("""{"model":"tiny","messages":{"role":"user"}}""", "messages", "invalid_value")]
    [InlineData("[]", null, "invalid_value")]
    [InlineData("\"text\"", null, "invalid_value")]
    [InlineData("""{"\ud800":1,"model":"tiny","messages":[{"role":"user","content":"x"}]}""", null, "invalid_value")]
    public void ToCall_BadBody_NamesTheMember(string body, string? param, string code)
    {
        var error = Map(body).Error.ShouldNotBeNull();

        (error.Status, error.Code, error.Param).ShouldBe((400, code, param));
    }

    [Theory]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"max_tokens\":1.5", "max_tokens")]
    [InlineData("\"max_tokens\":\"5\"", "max_tokens")]
    [InlineData("\"max_tokens\":1e99", "max_tokens")]
    [InlineData("\"temperature\":2.1", "temperature")]
    [InlineData("\"temperature\":-1", "temperature")]
    [InlineData("\"temperature\":1e400", "temperature")]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    [InlineData("\"top_p\":1.1", "top_p")]
    [InlineData("\"max_tokens\":-2", "max_tokens")]
    [InlineData("\"top_k\":-2", "top_k")]
    [InlineData("\"min_p\":2", "min_p")]
    [InlineData("\"seed\":1.5", "seed")]
    [InlineData("\"seed\":1e30", "seed")]
    [InlineData("\"presence_penalty\":3", "presence_penalty")]
    [InlineData("\"frequency_penalty\":true", "frequency_penalty")]
    [InlineData("\"stream\":\"yes\"", "stream")]
    [InlineData("\"stream_options\":true", "stream_options")]
    [InlineData("\"stream_options\":{\"include_usage\":1}", "stream_options.include_usage")]
    [InlineData("\"stop\":5", "stop")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\"]", "stop")]
    [InlineData("\"stop\":[\"a\",1]", "stop[1]")]
    [InlineData("\"stop\":\"\"", "stop")]
    [InlineData("\"stop\":\"\\ud800\"", "stop")]
    [InlineData("\"logit_bias\":[1]", "logit_bias")]
    [InlineData("\"logit_bias\":{\"word\":1}", "logit_bias")]
    [InlineData("\"logit_bias\":{\"5\":101}", "logit_bias.5")]
    public void ToCall_BadValue_NamesTheMember(string member, string param)
    {
        var error = Refused(member);

        (error.Status, error.Code, error.Param).ShouldBe((400, "invalid_value", param));
        error.Message.ShouldContain(param);
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"top_logprobs\":3", "top_logprobs")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"tool_choice\":{\"type\":\"allowed_tools\"}", "tool_choice.type")]
    [InlineData("\"response_format\":{\"type\":\"grammar\"}", "response_format.type")]
    [InlineData("\"functions\":[{}]", "functions")]
    [InlineData("\"function_call\":{\"name\":\"f\"}", "function_call")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"audio\":{\"voice\":\"x\"}", "audio")]
    [InlineData("\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"store\":true", "store")]
    [InlineData("\"service_tier\":\"priority\"", "service_tier")]
    public void ToCall_Unsupported_IsRefusedByName(string member, string param)
    {
        var error = Refused(member);

        (error.Status, error.Type, error.Code, error.Param).ShouldBe((400, "invalid_request_error", "unsupported_parameter", param));
        error.Message.ShouldContain(param);
    }

    [Theory]
    [InlineData("\"n\":1")]
    [InlineData("\"logprobs\":false,\"top_logprobs\":0")]
    [InlineData("\"tools\":[],\"tool_choice\":\"auto\",\"parallel_tool_calls\":true")]
    [InlineData("\"tools\":null,\"functions\":null,\"audio\":null,\"response_format\":null")]
    [InlineData("\"response_format\":{\"type\":\"text\"},\"modalities\":[\"text\"]")]
    [InlineData("\"store\":false,\"service_tier\":\"auto\",\"user\":\"ada\",\"metadata\":{\"a\":\"b\"},\"safety_identifier\":\"x\",\"prompt_cache_key\":\"k\",\"reasoning_effort\":\"low\"")]
    [InlineData("\"temperature\":null,\"top_p\":null,\"seed\":null,\"max_tokens\":null,\"logit_bias\":null,\"stream\":null,\"stream_options\":null")]
    public void ToCall_Harmless_IsAccepted(string members) => Accepted(members).UnknownMembers.ShouldBe(0);

    [Theory]
    [InlineData("\"tools\":{}", "tools")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "tools[0].function")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"no spaces\"}}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":[]}}]", "tools[0].function.parameters")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"\\ud800\"}}]", "tools[0]")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"tool_choice\":7", "tool_choice")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}},\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tool_choice.function.name")]
    [InlineData("\"response_format\":\"text\"", "response_format")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format.json_schema")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}", "response_format.json_schema.schema")]
    [InlineData("\"parallel_tool_calls\":1", "parallel_tool_calls")]
    public void ToCall_BadTools_AreNamedByPath(string members, string param)
    {
        var error = Refused(members);

        (error.Status, error.Code, error.Param).ShouldBe((400, "invalid_value", param));
        error.Message.ShouldStartWith(param);
    }

    [Fact]
    public void ToCall_ToolsWithoutBounds_AreRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 31)) + "1" + new string('}', 31);
        Refused($"\"tools\":[{string.Join(',', Enumerable.Repeat(Tool("f"), 129))}]").Param.ShouldBe("tools");
        Accepted($"\"max_tokens\":1,\"tools\":[{string.Join(',', Enumerable.Repeat(Tool("f"), 1))}]").Request.Tools.ShouldNotBeNull();
        Refused($"\"tools\":[{Tool(new string('f', 65))}]").Param.ShouldBe("tools[0].function.name");
        Refused($"\"tools\":[{Tool("f", $$"""{"description":"{{new string('x', 65 * 1024)}}"}""")}]").Param.ShouldBe("tools[0]");
        Refused($"\"tools\":[{Tool("f", deep)}]").Message.ShouldContain("32 levels");
        Refused($$$"""
            "response_format":{"type":"json_schema","json_schema":{"schema":{"description":"{{{new string('x', 65 * 1024)}}}"} } }
            """).Param.ShouldBe("response_format");
    }

    /// <summary>Models write the members of a schema in its order, so they keep it all the way (DECISIONS E2).</summary>
    [Fact]
    public void ToCall_Tools_ReachTheRequestAsText()
    {
        const string schema = """{"type":"object","properties":{"z":{},"a":{}}}""";
        var call = Accepted($$$"""
            "tools":[{{{Tool("add", schema)}}}],"tool_choice":{"type":"function","function":{"name":"add"}},
            "response_format":{"type":"json_schema","json_schema":{"schema":{{{schema}}} }},"parallel_tool_calls":false
            """);

        var request = JsonInText.Read(call.Request);
        call.Request.Tools!.Value.ValueKind.ShouldBe(JsonValueKind.String);
        request.Tools!.Value.GetRawText().ShouldContain("""{"z":{},"a":{}}""");
        request.ResponseFormat!.Value.GetRawText().ShouldContain("""{"z":{},"a":{}}""");
        request.ToolChoice!.Value.GetProperty("function").GetProperty("name").GetString().ShouldBe("add");
        call.OneToolCall.ShouldBeTrue();
        RequestValues.Problem(call.Request).ShouldBeNull();
        Accepted("\"tools\":[],\"tool_choice\":\"auto\"").Request.ShouldSatisfyAllConditions(plain => plain.Tools.ShouldBeNull(), plain => plain.ToolChoice.ShouldBeNull());
    }

    [Theory]
    [InlineData("wide", "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tools")]
    [InlineData("wide", "\"response_format\":{\"type\":\"json_object\"}", "response_format")]
    public void ToCall_ModelKnowsNoTools_IsRefusedByName(string model, string members, string param)
    {
        var error = Map($$"""{"model":"{{model}}","messages":{{Hello}},{{members}}}""").Error.ShouldNotBeNull();

        (error.Status, error.Code, error.Param).ShouldBe((400, "unsupported_parameter", param));
    }

    [Fact]
    public void ToCall_ToolRound_KeepsCallsAndResults()
    {
        var messages = Map("""
            {"model":"tiny","messages":[{"role":"user","content":"1+1?"},
              {"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"2"}]}]}
            """).Call!.Request.Messages!;

        messages[1].ToolCalls.ShouldBe([new ToolCall { Id = "call_1", Name = "add", Arguments = """{"a":1}""" }]);
        (messages[1].Content, messages[2].Content, messages[2].ToolCallId, messages[2].Role).ShouldBe(("", "2", "call_1", "tool"));
    }

    private static string Tool(string name, string parameters = "{}") => $$$"""{"type":"function","function":{"name":"{{{name}}}","parameters":{{{parameters}}}}}""";

    [Fact]
    public void ToCall_NobodyKnows_IsAcceptedAndCounted() => Accepted("\"verve\":3,\"zeal\":{\"a\":[1]}").UnknownMembers.ShouldBe(2);

    [Fact]
    public void ToCall_UserAndMetadata_StayHere()
    {
        var request = Accepted("\"user\":\"ada@example\",\"metadata\":{\"case\":\"77\"}").Request;

        JsonSerializer.Serialize(request, ProtocolJson.Default.InferenceRequest).ShouldNotContain("ada@example");
        request.Metadata.ShouldBeNull();
    }
}
