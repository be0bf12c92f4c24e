namespace FedAi.Daemon.Hosting;

/// <summary>The log on standard output. No level ever shows a prompt, an output or a key.</summary>
internal sealed record LogOptions
{
    /// <summary>The lowest level that is written: trace, debug, information, warning, error. Default: information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>text (for people and the journal) or json (one object per line). Default: text.</summary>
    public LogFormat Format { get; init; }
}
