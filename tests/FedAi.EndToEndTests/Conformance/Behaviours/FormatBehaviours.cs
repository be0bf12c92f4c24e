using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>Answers that are JSON.</summary>
internal static class FormatBehaviours
{
    private static readonly string[] Pieces = ["{\"city\"", ":\"Zü", "rich\",", "\"degrees\":", "21}"];

    public static IReadOnlyList<Behaviour> All { get; } =
    [
        Json("format.object", "`response_format`: `json_object`") with { Arrived = request => Format(request).GetProperty("type").GetString().ShouldBe("json_object") },
        Json("format.schema", "`json_schema`, read by the client") with { Arrived = HasSchema, Outcome = IsReport },
        Json("format.schema-stream", "the same, streamed") with { Arrived = HasSchema, Outcome = IsReport, Streams = true },
    ];

    private static Behaviour Json(string id, string says) => new(id, says)
    {
        Script = () => new ScriptedRunner { Answer = _ => Pieces },
        Outcome = outcome => outcome.Text.ShouldBe(string.Concat(Pieces)),
    };

    private static void IsReport(Outcome outcome) =>
        JsonNode.DeepEquals(outcome.Object, JsonNode.Parse(string.Concat(Pieces))).ShouldBeTrue(outcome.All);

    private static void HasSchema(InferenceRequest request)
    {
        var format = Format(request);
        format.GetProperty("type").GetString().ShouldBe("json_schema");
        var schema = format.GetProperty("json_schema").GetProperty("schema");
        JsonElement.DeepEquals(schema, JsonElement.Parse(Schemas.Report)).ShouldBeTrue(schema.GetRawText());
    }

    private static JsonElement Format(InferenceRequest request) => JsonInText.Read(request.ResponseFormat)!.Value;
}
