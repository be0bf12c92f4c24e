using System.Text.Json.Serialization;

namespace FedAi.Daemon.Capability;

/// <summary>
/// What a benchmark found; the shape of WIRE 3.13 with additions. A short or interrupted one is shown, and never counts for a router's verdict.
/// </summary>
internal sealed record BenchResult
{
    public const string NodeSuite = "node", RouterSuite = "router";

    public required string Suite { get; init; }
    public required long Seed { get; init; }
    public required long TimestampMs { get; init; }
    public required long DurationMs { get; init; }

    /// <summary>Made for a test, by less work than a verdict needs.</summary>
    public required bool Short { get; init; }

    /// <summary>Interrupted; what is missing was not measured.</summary>
    public required bool Partial { get; init; }

    /// <summary>SHA-256 (hex) over the results of the work, which depend on the seed alone.</summary>
    public required string Checksum { get; init; }
    public required string SoftwareVersion { get; init; }

    /// <summary>Thousands of integer steps per second of one thread.</summary>
    public long CpuScore { get; init; }
    public long MemoryMBps { get; init; }
    public long DiskMBps { get; init; }
    public long? NetworkLatencyMs { get; init; }
    public IReadOnlyList<BenchFigure> Figures { get => field ?? []; init; }

    /// <summary>The installed model by context size; empty when there is none.</summary>
    public IReadOnlyList<ModelSpeed> Model { get => field ?? []; init; }

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyList<string> Skipped { get => field ?? []; init; }

    [JsonIgnore] public bool Counts => !Short && !Partial;

    /// <summary>The median of a figure; null when it was not measured.</summary>
    public long? Of(string name) => Figures.FirstOrDefault(figure => figure.Name == name)?.Median;
}
