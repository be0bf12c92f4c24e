using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Rules;

public sealed class ToolCallsTests
{
    [Fact]
    public void Join_Pieces_AreCallsInOrder() =>
        ToolCalls.Join(
        [
            new() { Index = 0, Id = "1", Name = "add", Arguments = "{\"a\"" }, new() { Index = 0, Arguments = ":1" }, new() { Index = 1, Id = "2", Name = "now" },
            new() { Index = 0, Arguments = "}" }, new() { Index = 1, Arguments = "{}" },
        ]).ShouldBe([new ToolCall { Id = "1", Name = "add", Arguments = "{\"a\":1}" }, new ToolCall { Id = "2", Name = "now", Arguments = "{}" }]);

    public static TheoryData<ToolCallDelta[]> Broken =>
    [
        [new() { Index = 1, Id = "1", Name = "add" }],
        [new() { Index = -1, Id = "1", Name = "add" }],
        [new() { Index = 0, Name = "add" }],
        [new() { Index = 0, Id = "1", Name = "" }],
        [.. Enumerable.Range(0, ToolCalls.MaxCalls + 1).Select(index => new ToolCallDelta { Index = index, Id = "1", Name = "add" })],
    ];

    [Theory, MemberData(nameof(Broken))]
    public void Join_PiecesWithoutWholeCalls_AreNone(ToolCallDelta[] pieces) => ToolCalls.Join(pieces).ShouldBeNull();

    [Fact]
    public void JsonInText_ReadBack_KeepsTheOrder()
    {
        var json = JsonElement.Parse("""{"z":1,"a":{"y":2,"b":3}}""");

        JsonInText.Read(JsonInText.Write(json))!.Value.GetRawText().ShouldBe(json.GetRawText());
        JsonInText.Read(json)!.Value.GetRawText().ShouldBe(json.GetRawText());
        JsonInText.Read(JsonElement.Parse("\"no json\"")).ShouldBeNull();
        JsonInText.Read(JsonElement.Parse("\"\\ud800\"")).ShouldBeNull();
    }

    [Theory]
    [InlineData("""[{"type":"function"}]""", null, null, "tools")]
    [InlineData("[]", """{"type":"text"}""", null, "")]
    [InlineData(null, """{"type":"json_schema"}""", null, "json")]
    [InlineData("[{}]", """{"type":"json_object"}""", null, "tools json")]
    [InlineData(null, null, RouterJobType.Embedding, "embeddings")]
    [InlineData(null, null, RouterJobType.GenChunk, "")]
    public void Needed_FollowsTheRequest(string? tools, string? format, RouterJobType? job, string needed)
    {
        var request = ProtocolSamples.Request with
        {
            Tools = tools is null ? null : JsonInText.Write(JsonElement.Parse(tools)),
            ResponseFormat = format is null ? null : JsonElement.Parse(format),
            JobType = job,
        };

        string.Join(' ', ModelFeatures.NeededBy(request)).ShouldBe(needed);
    }
}
