using System.Collections.Concurrent;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>Shows this node's signed manifest to a router that has taken it in, and again when the router was away and may have forgotten.</summary>
internal sealed partial class OwnManifest(string path, RouterCallClient client, ILogger<OwnManifest> logger)
{
    /// <summary>The file in a node's data folder.</summary>
    public const string FileName = "node.manifest.json";

    private readonly ConcurrentDictionary<PublicKey, ErrorCode?> outcomes = new();

    /// <summary>After every registration, whatever became of it.</summary>
    public async Task ShowAsync(PublicKey router, bool isRegistered, CancellationToken stopping)
    {
        if (!isRegistered) outcomes.TryRemove(router, out _);
        if (!isRegistered || (outcomes.TryGetValue(router, out var before) && before is null) || await ReadAsync(stopping) is not { } manifest) return;

        var refusal = await client.PostSignedAsync(router, "manifest", manifest, stopping);
        var code = refusal is null or { Code: ErrorCode.ManifestNotNewer } ? null : (ErrorCode?)refusal.Code;
        if (code is not null && before != code) LogNotTaken(router.Npub, refusal!.Code.Wire(), refusal.Hint);
        outcomes[router] = code;
    }

    private async Task<byte[]?> ReadAsync(CancellationToken stopping)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, stopping);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "router {Router} does not take this node's manifest: {Code}. {Hint}")]
    private partial void LogNotTaken(string router, string code, string? hint);
}
