namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>The whole table, in its order.</summary>
internal static class AllBehaviours
{
    public static IReadOnlyList<(string Title, IReadOnlyList<Behaviour> Rows)> Sections { get; } =
    [
        ("Models and messages", ChatBehaviours.Plain),
        ("Streams", ChatBehaviours.Streams),
        ("Tools", ToolBehaviours.All),
        ("Answers that are JSON", FormatBehaviours.All),
        ("Completions without chat", OtherBehaviours.Completions),
        ("Embeddings", OtherBehaviours.Embeddings),
        ("Answers to come back for", JobBehaviours.All),
        ("Parameters that are honoured", ParameterBehaviours.Honoured),
        ("Parameters that are accepted without effect", ParameterBehaviours.Accepted),
        ("Parameters that are refused by name", ParameterBehaviours.Refused),
        ("API keys", ErrorBehaviours.Keys),
        ("Errors", ErrorBehaviours.All),
    ];

    public static IReadOnlyList<Behaviour> All { get; } = [.. Sections.SelectMany(section => section.Rows)];
}
