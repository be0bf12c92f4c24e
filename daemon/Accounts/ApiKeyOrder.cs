namespace FedAi.Daemon.Accounts;

/// <summary>What <c>fedai apikeys</c> asks for: new, list, revoke, rotate or limit (a namespace). The members are those of <see cref="Store.ApiKeyRow"/>.</summary>
internal sealed record ApiKeyOrder
{
    public const string New = "new", List = "list", Revoke = "revoke", Rotate = "rotate", Limit = "limit";

    public required string Op { get; init; }
    public string? Id { get; init; }
    public string? Npub { get; init; }
    public string? Name { get; init; }
    public string? Namespace { get; init; }
    public double? PerSecond { get; init; }
    public long? Burst { get; init; }
    public long? Concurrency { get; init; }
    public long? Tokens { get; init; }
    public string? Period { get; init; }
    public IReadOnlyList<string>? Models { get; init; }
    public long? ExpiresMs { get; init; }

    /// <summary>How long a replaced secret still opens the key.</summary>
    public long? GraceSeconds { get; init; }
}
