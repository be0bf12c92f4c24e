namespace FedAi.Runners.Roles;

/// <summary>Whom and what a policy job asks about, and by which rules. A name in a list may end with <c>*</c>.</summary>
internal sealed record PolicyCase
{
    public required string Subject { get; init; }
    public required string Text { get; init; }
    public required IReadOnlyList<string> Allow { get; init; }
    public required IReadOnlyList<string> Deny { get; init; }
    public required IReadOnlyList<string> Words { get; init; }
    public required int MaxChars { get; init; }

    /// <summary>How many a minute, and how many at once after a pause.</summary>
    public required int PerMinute { get; init; }

    public required int Burst { get; init; }
}
