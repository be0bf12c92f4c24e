namespace FedAi.Daemon.Hosting;

/// <summary>The options, or every problem that keeps them from being used, one line each.</summary>
internal sealed record OptionsResult(FedAiOptions? Options, IReadOnlyList<string> Problems);
