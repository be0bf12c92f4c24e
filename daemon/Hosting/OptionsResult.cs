namespace FedAi.Daemon.Hosting;

/// <summary>The options, or every problem that keeps them from being used, one line each.</summary>
internal sealed record OptionsResult(FedAiOptions? Options, IReadOnlyList<string> Problems)
{
    /// <summary>Which source set an option, by dotted key; one that is not here has its default.</summary>
    public IReadOnlyDictionary<string, string> Origins { get; init; } = new Dictionary<string, string>();
}
