using System.Text.Json;
using FedAi.Protocol.Json;

namespace FedAi.Tests.Protocol.Json;

public sealed class JsonShapeTests
{
    private const string Request = """{"requestId":"r","modelId":"m","prompt":"p","maxTokens":1""";

    [Theory]
    [InlineData(""","seed":-1}""", "seed: Number must be greater than or equal to 0")]
    [InlineData(""","seed":1.5}""", "seed: Expected integer, received float")]
    [InlineData(""","seed":9007199254740992}""", "seed: Number must be less than or equal to 9007199254740991")]
    [InlineData(""","seed":null}""", "seed: Expected number, received null")]
    [InlineData(""","privacyLevel":"pl1"}""", "privacyLevel: Invalid input")]
    [InlineData(""","privacyLevel":1}""", "privacyLevel: Invalid input")]
    [InlineData(""","privacyLevel":"PL1 "}""", "privacyLevel: Invalid input")]
    [InlineData(""","messages":[{"role":"user","content":"x"},{"role":"user"}]}""", "messages.1.content: Required")]
    [InlineData(""","messages":[{"role":"user","content":"x","toolCalls":[{"id":1,"name":"n","arguments":"{}"}]}]}""", "messages.0.toolCalls.0.id: Expected string, received number")]
    [InlineData(""","metadata":{"a":"b","c":false}}""", "metadata.c: Expected string, received boolean")]
    [InlineData(""","stop":["a",null]}""", "stop.1: Expected string, received null")]
    [InlineData(""","logitBias":{"7":"x"}}""", "logitBias.7: Expected number, received string")]
    public void Problems_OfAddedMember_NamePathAndReason(string member, string problem)
    {
        using var document = JsonDocument.Parse(Request + member);
        JsonShape.Problems(document.RootElement, ProtocolJson.Default.InferenceRequest).ShouldBe([problem]);
    }

    [Fact]
    public void Problems_UnknownMember_PassesInPayloads()
    {
        using var document = JsonDocument.Parse(Request + ""","futureMember":{"a":[null]},"privacyLevel":"PL1","seed":9007199254740991}""");
        JsonShape.Problems(document.RootElement, ProtocolJson.Default.InferenceRequest).ShouldBeEmpty();
    }

    /// <summary>A refusal goes back to the stranger: it must not grow with what he sent.</summary>
    [Fact]
    public void Problems_OfHugeNonsense_AreFewAndShort()
    {
        var keys = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"{new string('k', 1000)}{i}\":[]"));
        using var unknown = JsonDocument.Parse($"{{{keys}}}");
        using var wrongEntries = JsonDocument.Parse($"{Request},\"metadata\":{{{keys}}}}}");

        foreach (var problems in new[] { JsonShape.Problems(unknown.RootElement, ProtocolJson.Default.EnvelopeShape), JsonShape.Problems(wrongEntries.RootElement, ProtocolJson.Default.InferenceRequest) })
        {
            problems.Count.ShouldBeInRange(5, 20);
            problems.ShouldAllBe(problem => problem.Length < 200);
        }
    }
}
