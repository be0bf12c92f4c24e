using System.Text.Json;

namespace FedAi.Runners.Library;

/// <summary>What an unfinished download is a part of: the source as it was given, its length in bytes, how its server names this version of it, and its hash if it is known.</summary>
internal sealed record PartialDownload(string Source, long Bytes, string? Tag, string? Sha256)
{
    /// <summary>Null where none is written down.</summary>
    public static PartialDownload? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), LibraryJson.Default.PartialDownload) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
