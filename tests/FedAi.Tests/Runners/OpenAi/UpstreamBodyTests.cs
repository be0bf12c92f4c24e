using System.Text;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners.OpenAi;

namespace FedAi.Tests.Runners.OpenAi;

public sealed class UpstreamBodyTests
{
    [Fact]
    public void Of_EverythingSet_IsAllThereInOpenAisNames()
    {
        var tools = JsonElement.Parse("""[{"type":"function","function":{"name":"f","parameters":{"z":1,"a":2}}}]""");

        var (path, body) = UpstreamBody.Of(UpstreamRun.Request with
        {
            Messages =
            [
                new ChatMessage { Role = "user", Content = "größer <ok>", Name = "ana" },
                new ChatMessage { Role = "assistant", Content = "", ToolCalls = [new ToolCall { Id = "c1", Name = "f", Arguments = "{}" }] },
                new ChatMessage { Role = "tool", Content = "7", ToolCallId = "c1" },
            ],
            Temperature = 0.5, TopP = 0.9, TopK = 40, MinP = 0.1, Seed = 7, PresencePenalty = 1, FrequencyPenalty = -1, Stop = ["\n"],
            LogitBias = new Dictionary<string, double> { ["12"] = -100 },
            ResponseFormat = JsonElement.Parse("""{"type":"json_object"}"""), Tools = tools, ToolChoice = JsonElement.Parse("\"required\""),
            CacheKey = "not for others", Salt = "nor this",
        });

        path.ShouldBe("chat/completions");
        Encoding.UTF8.GetString(body).ShouldBe(
            """{"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":16,"messages":[{"role":"user","content":"größer <ok>","name":"ana"},"""
            + """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"7","tool_call_id":"c1"}]"""
            + ""","temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.1,"seed":7,"presence_penalty":1,"frequency_penalty":-1,"stop":["\n"],"logit_bias":{"12":-100}"""
            + ""","response_format":{"type":"json_object"},"tools":[{"type":"function","function":{"name":"f","parameters":{"z":1,"a":2}}}],"tool_choice":"required"}""");
    }

    [Fact]
    public void Of_NothingSet_SaysNothing() =>
        Encoding.UTF8.GetString(UpstreamBody.Of(UpstreamRun.Request).Json).ShouldBe(
            """{"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":16,"messages":[{"role":"user","content":"hello there"}]}""");
}
