namespace FedAi.EndToEndTests.Conformance;

/// <summary>The client libraries, in the order of the table.</summary>
internal static class Clients
{
    public const string OpenAi = "openai";
    public const string Ai = "ai";
    public const string DotNet = "OpenAI .NET";

    public static IReadOnlyList<string> All { get; } = [OpenAi, Ai, DotNet];
}
