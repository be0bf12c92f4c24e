namespace FedAi.Runners.Library;

/// <summary>A file's SHA-256 (hex), and the <see cref="FileStamp"/> it had when it was read.</summary>
internal sealed record KnownHash(string Stamp, string Sha256);
