namespace FedAi.Runners.Library;

/// <summary>What an unfinished download is a part of: the source as it was given, its length in bytes, and how its server names this version of it.</summary>
internal sealed record PartialDownload(string Source, long Bytes, string? Tag, string? Sha256);
