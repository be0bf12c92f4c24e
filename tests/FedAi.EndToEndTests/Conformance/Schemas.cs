namespace FedAi.EndToEndTests.Conformance;

/// <summary>The tools and the schema of the cases (tests/js/conformance/tools.mjs has the same).</summary>
internal static class Schemas
{
    public const string Weather = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";
    public const string Time = """{"type":"object","properties":{},"additionalProperties":false}""";
    public const string Report = """{"type":"object","properties":{"city":{"type":"string"},"degrees":{"type":"integer"}},"required":["city","degrees"],"additionalProperties":false}""";
}
