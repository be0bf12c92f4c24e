namespace FedAi.Runners.Library;

/// <summary>A model that the operator added: under which name, as which file of the folder, with which content, from where and when (ms since 1970).</summary>
public sealed record ModelEntry
{
    public required string Name { get; init; }

    /// <summary>The file's name in the folder.</summary>
    public required string FileName { get; init; }

    /// <summary>Of the file as it was added, hex.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>What was given to pull it, or the path it was added from.</summary>
    public required string Source { get; init; }

    public required long AddedMs { get; init; }
}
